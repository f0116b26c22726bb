// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.auth;

import dev.postern.api.key.SshCertificate;
import dev.postern.api.key.SshPublicKey;

/** What a client presents in one authentication request. */
public sealed interface Presented {
    /** A plain key. */
    record Key(SshPublicKey key) implements Presented {}

    /** A certificate that some CA signed. */
    record Certificate(SshCertificate certificate) implements Presented {}

    /** Nothing; only where the user name is the credential. */
    record Nothing() implements Presented {}
}

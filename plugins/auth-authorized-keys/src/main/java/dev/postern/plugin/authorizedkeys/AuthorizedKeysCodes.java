// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import dev.postern.api.error.RefusalCode;

/** The refusal codes of this plugin. */
final class AuthorizedKeysCodes {
    /** A file cannot be read, or others may write it. */
    static final RefusalCode FILE = RefusalCode.external("authorizedkeys.file-unusable");

    /** The certificate does not name who logs in. */
    static final RefusalCode PRINCIPAL = RefusalCode.user("authorizedkeys.principal");

    /** The certificate is not one that may be used. */
    static final RefusalCode CERTIFICATE = RefusalCode.user("authorizedkeys.certificate");

    /** The key may not open this sandbox. */
    static final RefusalCode SANDBOX = RefusalCode.user("authorizedkeys.sandbox");

    private AuthorizedKeysCodes() {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.auth;

import dev.postern.api.error.RefusalCode;

/** The answer of {@link Authenticator#confirm}. */
public sealed interface Confirmation {
    /** The login goes on. */
    record Confirmed() implements Confirmation {}

    /**
     * The credential cannot be used after all, for example because another connection has just consumed it.
     *
     * @param code the stable code
     * @param reason for the audit and the log
     */
    record Refused(RefusalCode code, String reason) implements Confirmation {}

    /** The one instance that confirms. */
    Confirmed CONFIRMED = new Confirmed();
}

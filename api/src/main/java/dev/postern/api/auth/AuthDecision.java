// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.auth;

import dev.postern.api.error.RefusalCode;

/** An authenticator's answer. */
public sealed interface AuthDecision permits Granted, AuthDecision.Denied, AuthDecision.Abstained {
    /**
     * The offer is known and refused; later authenticators are not asked about it.
     *
     * @param code the stable code
     * @param reason for the audit and the log; the client never sees it
     */
    record Denied(RefusalCode code, String reason) implements AuthDecision {}

    /** The offer is not one of this authenticator's; the next one is asked. */
    record Abstained() implements AuthDecision {}

    /** The one instance that abstains. */
    Abstained ABSTAINED = new Abstained();
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.auth;

import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Granted;
import dev.postern.api.error.RefusalCode;
import dev.postern.runtime.session.Route.NamedAuthenticator;

/** What the chain of authenticators says to one offer. */
public sealed interface Verdict {
    /**
     * Somebody grants it.
     *
     * @param by who
     * @param offer what was judged
     * @param granted what was granted
     */
    record Accepted(NamedAuthenticator by, AuthOffer offer, Granted granted) implements Verdict {}

    /**
     * It is refused.
     *
     * @param code the stable code
     * @param reason for the log and the audit
     */
    record Refused(RefusalCode code, String reason) implements Verdict {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.auth;

import dev.postern.api.error.RefusalCode;

/** What became of a login whose possession of the credential is proven. */
public sealed interface LoginResult {
    /** It may succeed. */
    record Admitted(Login login) implements LoginResult {}

    /**
     * It is refused; the client's next key may be tried.
     *
     * @param code the stable code
     * @param reason for the log and the audit
     * @param clientText what the client is told
     */
    record Refused(RefusalCode code, String reason, String clientText) implements LoginResult {}
}

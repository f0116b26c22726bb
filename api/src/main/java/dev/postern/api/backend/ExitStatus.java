// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import dev.postern.api.error.RefusalCode;

/** How a process ended. */
public sealed interface ExitStatus {
    /**
     * It exited.
     *
     * @param status 0 to 255, exact
     */
    record Exited(int status) implements ExitStatus {}

    /**
     * A signal ended it (RFC 4254 section 6.10).
     *
     * @param signal name without SIG, such as {@code TERM}
     * @param coreDumped whether it left a core
     */
    record Signalled(String signal, boolean coreDumped) implements ExitStatus {}

    /**
     * Nobody knows: the way into the sandbox broke. Never reported as an exit status of 0.
     *
     * @param code the stable code
     * @param message one sentence for the log
     */
    record Lost(RefusalCode code, String message) implements ExitStatus {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sandbox;

import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.error.RefusalCode;

/** What became of reaching into a sandbox. */
public sealed interface Reach {
    /** The way in is open. */
    record Open(SandboxConnection connection) implements Reach {}

    /**
     * It is not.
     *
     * @param code the stable code
     * @param message one sentence for the log
     */
    record Failed(RefusalCode code, String message) implements Reach {}
}

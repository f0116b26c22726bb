// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import dev.postern.api.error.RefusalCode;

/** What became of starting a process. */
public sealed interface StartResult {
    /** It runs. */
    record Started(SandboxProcess process) implements StartResult {}

    /**
     * There is no such program or shell; a client sees exit status 127.
     *
     * @param message one sentence that may be shown to the client
     */
    record NotFound(String message) implements StartResult {}

    /**
     * It may not be run; a client sees exit status 126.
     *
     * @param message one sentence that may be shown to the client
     */
    record NotPermitted(String message) implements StartResult {}

    /**
     * Something else failed.
     *
     * @param code the stable code
     * @param message one sentence for the log
     */
    record Failed(RefusalCode code, String message) implements StartResult {}
}

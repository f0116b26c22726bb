// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import dev.postern.api.error.RefusalCode;

/** What became of a listener inside a sandbox. */
public sealed interface ListenResult {
    /** It listens. */
    record Listening(SandboxListener listener) implements ListenResult {}

    /** The address or the path is taken. */
    record InUse(String message) implements ListenResult {}

    /** The sandbox does not permit it. */
    record NotPermitted(String message) implements ListenResult {}

    /**
     * Something else failed.
     *
     * @param code the stable code
     * @param message one sentence for the log
     */
    record Failed(RefusalCode code, String message) implements ListenResult {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import dev.postern.api.error.RefusalCode;

/** What became of a connection from inside a sandbox. */
public sealed interface DialResult {
    /** It stands. */
    record Connected(DuplexStream stream) implements DialResult {}

    /** The destination refused it. */
    record Refused(String message) implements DialResult {}

    /** The destination cannot be reached, its name is not known, or it did not answer in time. */
    record Unreachable(String message) implements DialResult {}

    /** The sandbox does not permit it. */
    record NotPermitted(String message) implements DialResult {}

    /**
     * Something else failed.
     *
     * @param code the stable code
     * @param message one sentence for the log
     */
    record Failed(RefusalCode code, String message) implements DialResult {}
}

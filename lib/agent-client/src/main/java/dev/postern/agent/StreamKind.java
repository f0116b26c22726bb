// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

/** What a stream carries, and so which frames may come on it. */
enum StreamKind {
    /** A process with pipes: stdin, stdout, stderr, an exit. */
    PROCESS,
    /** A process on a terminal: one stream each way, an exit. */
    TERMINAL,
    /** A connection: one stream each way. */
    SOCKET,
    /** Nothing but the answer to OPEN. */
    LISTENER;

    boolean ends() {
        return this == PROCESS || this == TERMINAL;
    }
}

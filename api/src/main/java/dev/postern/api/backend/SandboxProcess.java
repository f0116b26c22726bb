// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import java.util.concurrent.CompletableFuture;

/**
 * A process inside a sandbox. Its methods may be called by any thread; none but the blocking sides of its streams
 * blocks.
 */
public interface SandboxProcess {
    /** Its stdin, or the write side of its PTY. */
    ByteSink stdin();

    /** Its stdout, or the read side of its PTY. */
    ByteSource stdout();

    /** Its stderr; at end of file from the start where there is a PTY. */
    ByteSource stderr();

    /**
     * Completes when the process has ended, exactly once, also where the sandbox was lost (then with
     * {@link ExitStatus.Lost}); never exceptionally. Output may still be unread then: the sources reach end of file by
     * themselves.
     */
    CompletableFuture<ExitStatus> exit();

    /** Changes the size of its PTY. Only called where {@link Capability#RESIZE} is declared. */
    void resize(PtySize size);

    /**
     * Sends a signal, to the foreground job on a PTY, else to the process group.
     *
     * @param name as in RFC 4254 section 6.9, without SIG
     * @return false if the process has ended or the name is not known
     */
    boolean signal(String name);

    /** Ends the gateway's interest in it. Idempotent; the strongest reason given so far counts. */
    void end(EndReason reason);

    /** Why the gateway lets go of a process. */
    enum EndReason {
        /** It exited, and its channel is closed: release what belongs to it, signal nothing. */
        FINISHED,
        /** The client has gone: hang up the group as a closed terminal would, kill the process itself after a grace. */
        HANGUP,
        /** The sandbox or the login was killed: end everything that it started, at once. */
        KILL
    }
}

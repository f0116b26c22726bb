// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.ExitStatus;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;

/**
 * A child process: its exit, and signals to it. Its end is seen through a pidfd; it is reaped only when its owner lets
 * go of it, and until then its number, which is also that of its process group and session, belongs to nobody else. So
 * a late signal cannot meet a stranger.
 */
final class Child {
    private static final int P_PID = 1;
    private static final int EXITED = 4;
    private static final int NO_WAIT = 0x01000000;
    private static final int NO_HANG = 1;
    private static final int CLD_EXITED = 1;
    private static final int CLD_DUMPED = 3;

    private final EventLoop loop;
    private final int pid;
    private final int pidfd;
    private final long token;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    // Under this object's lock.
    private boolean ended;
    private boolean released;
    private boolean reaped;

    Child(EventLoop loop, int pid) {
        this.loop = loop;
        this.pid = pid;
        int opened = Posix.pidfdOpen(pid);
        try {
            pidfd = Posix.checked("pidfd_open", opened);
            token = loop.register(pidfd, EventLoop.IN, events -> ended());
        } catch (PosternException e) {
            Posix.closeAll(new int[] {opened});
            killUnwatched(pid);
            throw e;
        }
        // It may have ended before it was watched.
        loop.execute(this::ended);
    }

    int pid() {
        return pid;
    }

    CompletableFuture<ExitStatus> exit() {
        return exit;
    }

    /** Signals its group; false if it has ended. */
    synchronized boolean signalGroup(int signal) {
        return !ended && !reaped && Posix.KILL.call(-pid, signal) == 0;
    }

    /** Signals the group that is in its terminal's foreground; false if it has ended. */
    synchronized boolean signalForeground(int group, int signal) {
        return !ended && !reaped && Posix.KILL.call(-group, signal) == 0;
    }

    /** Signals it alone. */
    synchronized void signalSelf(int signal) {
        if (!ended && !reaped) {
            Posix.KILL.call(pid, signal);
        }
    }

    /** Its session while that number is its own; 0 once it was reaped. */
    synchronized int session() {
        return reaped ? 0 : pid;
    }

    /** Nothing will be asked of it any more: it is reaped now or as soon as it ends. */
    synchronized void release() {
        released = true;
        reap();
    }

    /** The event loop ends: nobody will hear of its exit. */
    synchronized void abandon() {
        ended();
        if (!ended) {
            ended = true;
            loop.unregister(pidfd, token);
            Posix.CLOSE.call(pidfd);
            complete(
                    new ExitStatus.Lost(
                            RefusalCodes.BACKEND_LOST,
                            "The component was closed before the process ended"));
        }
        release();
    }

    private synchronized void ended() {
        if (ended) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(128, 8);
            int result = Posix.WAITID.call(P_PID, pid, info.address(), EXITED | NO_WAIT | NO_HANG);
            int code = info.get(ValueLayout.JAVA_INT, 8);
            int status = info.get(ValueLayout.JAVA_INT, 24);
            if (result == 0 && code == 0) {
                return;
            }
            ended = true;
            loop.unregister(pidfd, token);
            Posix.CLOSE.call(pidfd);
            if (result < 0) {
                complete(
                        new ExitStatus.Lost(
                                RefusalCodes.BACKEND_LOST,
                                "Process " + pid + " was reaped by somebody else"));
            } else if (code == CLD_EXITED) {
                complete(new ExitStatus.Exited(status & 0xff));
            } else {
                complete(new ExitStatus.Signalled(Signals.name(status), code == CLD_DUMPED));
            }
        }
        if (released) {
            reap();
        }
    }

    private void reap() {
        if (ended && !reaped) {
            reaped = true;
            await(pid, EXITED | NO_HANG);
        }
    }

    private static void killUnwatched(int pid) {
        Posix.KILL.call(-pid, Signals.KILL);
        await(pid, EXITED);
    }

    private static void await(int pid, int options) {
        try (Arena arena = Arena.ofConfined()) {
            Posix.WAITID.call(P_PID, pid, arena.allocate(128, 8).address(), options);
        }
    }

    // On a thread of its own, because whoever waits for the exit may go on to block.
    private void complete(ExitStatus status) {
        Thread.ofVirtual().name("local-exit-" + pid).start(() -> exit.complete(status));
    }
}

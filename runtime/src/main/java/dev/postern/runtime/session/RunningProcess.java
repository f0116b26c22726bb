// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.SandboxProcess.EndReason;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process connected to a channel, up to the last message: data, end of file, exit status, close, in this order, as sshd
 * does. Without a PTY the streams' end is waited for, even if something in the background holds them open; with one the
 * leader's end counts, once its output has run dry.
 */
final class RunningProcess {
    private static final Logger LOG = LoggerFactory.getLogger(RunningProcess.class);

    private static final long QUIET_NANOS = Duration.ofMillis(150).toNanos();
    private static final Duration LOOK_AGAIN = Duration.ofMillis(30);
    private static final int STREAMS = 2;

    private final ChannelPort port;
    private final SandboxProcess process;
    private final boolean pty;
    private final WatchedSink output;
    private final WatchedSink errors;
    private final AtomicInteger openStreams = new AtomicInteger(STREAMS);
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable ExitStatus status;

    RunningProcess(ChannelPort port, SandboxProcess process, boolean pty, Runnable firstByte) {
        this.port = port;
        this.process = process;
        this.pty = pty;
        output = new WatchedSink(port.output(this::streamEnded), firstByte);
        errors = new WatchedSink(port.errors(this::streamEnded), firstByte);
    }

    /** Connects everything; returns at once. */
    void start() {
        port.connectInput(process.stdin(), () -> {});
        OutputPump.start(process.stdout(), output, port.id());
        OutputPump.start(process.stderr(), errors, port.id() + "-err");
        var _ = process.exit().thenAccept(this::exited);
    }

    private void streamEnded() {
        if (openStreams.decrementAndGet() == 0) {
            port.endOutput();
            finishIfOver();
        }
    }

    private void exited(ExitStatus how) {
        status = how;
        // What it does not read any more must not close the window
        port.dropInput();
        if (how instanceof ExitStatus.Lost) {
            finish(how);
        } else if (pty && openStreams.get() > 0) {
            Thread.ofVirtual().name("postern-drain-" + port.id()).start(this::awaitQuiet);
        }
        finishIfOver();
    }

    private void finishIfOver() {
        ExitStatus how = status;
        if (how != null && openStreams.get() == 0) {
            finish(how);
        }
    }

    /** Something in the background may hold the terminal open for ever. */
    private void awaitQuiet() {
        try {
            long begin = System.nanoTime();
            long last = begin;
            while (openStreams.get() > 0) {
                Thread.sleep(LOOK_AGAIN);
                last = Math.max(Math.max(last, output.lastTakenNanos()), begin);
                if (!port.outputIdle()) {
                    last = System.nanoTime();
                }
                if (System.nanoTime() - last > QUIET_NANOS) {
                    break;
                }
            }
        } catch (InterruptedException e) {
            LOG.atDebug().log("Interrupted while output ran dry");
        }
        ExitStatus how = status;
        if (how != null) {
            finish(how);
        }
    }

    private void finish(ExitStatus how) {
        if (over.compareAndSet(false, true)) {
            // First, because a client that hears of the end is gone at once, and must not look like
            // a lost one
            process.end(EndReason.FINISHED);
            port.endOutput();
            port.exited(how);
            port.close();
        }
    }

    /**
     * The client has closed the channel. Clients do that as soon as they have seen the end of the output, and still expect
     * the exit status: as under sshd, our close waits for the process and comes from here.
     */
    void closedByPeer() {
        if (over.get()) {
            return;
        }
        if (pty) {
            process.end(EndReason.HANGUP);
        } else {
            // As sshd: it sees its streams end, and dies of that or lives on
            Thread.ofVirtual().name("postern-close-" + port.id()).start(this::closeStreams);
        }
    }

    private void closeStreams() {
        ByteSink stdin = process.stdin();
        try {
            if (stdin.nonBlocking()) {
                stdin.finish();
            } else {
                stdin.stream().close();
            }
        } catch (IOException e) {
            LOG.atTrace().setCause(e).log("Stream was closed already");
        }
        closeOutputs();
    }

    private void closeOutputs() {
        try {
            process.stdout().stream().close();
            process.stderr().stream().close();
        } catch (IOException e) {
            LOG.atTrace().setCause(e).log("Stream was closed already");
        }
        output.finish();
        errors.finish();
    }

    /** The client takes no more output, and the process is to see that (OpenSSH's PROTOCOL, section 2.1). */
    void endOfWrite() {
        if (pty) {
            process.end(EndReason.HANGUP);
        } else {
            Thread.ofVirtual().name("postern-eow-" + port.id()).start(this::closeOutputs);
        }
    }

    /** The gateway lets go of it; where everything is killed the client learns how it ended before it is cut off. */
    void end(EndReason reason) {
        if (reason == EndReason.KILL && over.compareAndSet(false, true)) {
            port.endOutput();
            port.exited(new ExitStatus.Signalled("KILL", false));
            port.close();
        }
        // One that is over by itself is not hung up; a kill reaches what it left behind
        if (reason == EndReason.KILL || !over.get()) {
            process.end(reason);
        }
    }

    SandboxProcess process() {
        return process;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.FileException;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.SandboxFiles;
import dev.postern.api.backend.SandboxProcess;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The remote side of {@code scp -O} on the files of a sandbox, in the shape of a process, for sandboxes that have no scp
 * of their own. Works on a virtual thread of its own until the transfer is over; exits with 0, or with 1 if anything went
 * wrong.
 */
public final class ScpServer implements SandboxProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ScpServer.class);
    private static final int OUTBOUND = 256 << 10;

    private final InboundPipe stdin = new InboundPipe();
    private final Outbound stdout = new Outbound(OUTBOUND);
    private final ByteSource stderr = new NoOutput();
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final SandboxFiles files;
    private final ScpCommand command;
    private final FileActivity activity;
    private final Thread thread;

    private ScpServer(SandboxFiles files, ScpCommand command, FileActivity activity) {
        this.files = files;
        this.command = command;
        this.activity = activity;
        thread = Thread.ofVirtual().name("postern-scp").unstarted(this::run);
    }

    /** Begins a transfer. */
    public static ScpServer start(SandboxFiles files, ScpCommand command, FileActivity activity) {
        ScpServer server = new ScpServer(files, command, activity);
        server.thread.start();
        return server;
    }

    private void run() {
        ScpWire wire = new ScpWire(stdin, stdout);
        int status = 1;
        try {
            if (command.sink()) {
                new ScpSink(files, command, activity, wire).run();
            } else {
                new ScpSource(files, command, activity, wire).run();
            }
            status = wire.errors() == 0 ? 0 : 1;
        } catch (InterruptedException e) {
            // The end of the session; its exit status is set already.
        } catch (BadMessageException | FileException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("An scp transfer ended early");
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("An scp transfer broke");
        } finally {
            stdin.close();
            stdout.finish();
            exit.complete(new ExitStatus.Exited(status));
        }
    }

    @Override
    public ByteSink stdin() {
        return stdin;
    }

    @Override
    public ByteSource stdout() {
        return stdout;
    }

    @Override
    public ByteSource stderr() {
        return stderr;
    }

    @Override
    public CompletableFuture<ExitStatus> exit() {
        return exit;
    }

    @Override
    public void resize(PtySize size) {}

    @Override
    public boolean signal(String name) {
        return switch (name) {
            case "HUP", "INT", "KILL", "TERM" -> stop(new ExitStatus.Signalled(name, false));
            default -> false;
        };
    }

    @Override
    public void end(EndReason reason) {
        stop(new ExitStatus.Signalled(reason == EndReason.KILL ? "KILL" : "HUP", false));
    }

    private boolean stop(ExitStatus status) {
        if (!stopped.compareAndSet(false, true)) {
            return false;
        }
        boolean first = exit.complete(status);
        stdin.close();
        stdout.abort();
        thread.interrupt();
        return first;
    }
}

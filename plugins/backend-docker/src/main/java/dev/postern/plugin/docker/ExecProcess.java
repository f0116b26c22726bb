// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.error.PosternException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A process of the engine's own exec, for containers without our agent. The engine cannot signal it: letting go of it
 * closes its streams and no more.
 */
final class ExecProcess implements SandboxProcess {
    private static final int CHUNK = 32 * 1024;

    /** The engine notes the exit a moment after the stream has ended. */
    private static final Duration EXIT_WAIT = Duration.ofSeconds(10);

    private final DockerEngine engine;
    private final String exec;
    private final HijackedStream stream;
    private final BoundedPipe stdout = new BoundedPipe();
    private final BoundedPipe stderr = new BoundedPipe();
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final ByteSink stdin;

    private ExecProcess(DockerEngine engine, String exec, HijackedStream stream) {
        this.engine = engine;
        this.exec = exec;
        this.stream = stream;
        OutputStream out = stream.out();
        this.stdin =
                new ByteSink() {
                    @Override
                    public OutputStream stream() {
                        return out;
                    }

                    @Override
                    public boolean mayHoldCarrier() {
                        return false;
                    }
                };
    }

    /** Starts the exec and the thread that reads from it. */
    static ExecProcess start(
            DockerEngine engine, String exec, boolean tty, Consumer<ExecProcess> ended) {
        ExecProcess process =
                new ExecProcess(engine, exec, HijackedStream.start(engine.address(), exec, tty));
        Thread.ofVirtual()
                .name("docker-exec-" + exec.substring(0, 8))
                .start(() -> {
                    process.read(tty);
                    ended.accept(process);
                });
        return process;
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
    public void resize(PtySize size) {
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        engine.resizeExec(exec, size.rows(), size.columns());
                    } catch (PosternException e) {
                        // It has ended meanwhile; its exit tells.
                        return;
                    }
                });
    }

    @Override
    public boolean signal(String name) {
        return false;
    }

    @Override
    public void end(EndReason reason) {
        try {
            stream.close();
        } catch (IOException e) {
            // It is closed already.
            return;
        }
    }

    private void read(boolean tty) {
        String broken = null;
        try {
            if (tty) {
                readTerminal();
            } else {
                readFrames();
            }
        } catch (IOException e) {
            broken = "The engine's stream broke";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            broken = "Interrupted";
        }
        stdout.end(broken);
        stderr.end(broken);
        exit.complete(exitStatus());
    }

    private void readTerminal() throws IOException, InterruptedException {
        byte[] bytes = new byte[CHUNK];
        for (int n = stream.in().read(bytes, 0, CHUNK);
                n >= 0;
                n = stream.in().read(bytes, 0, CHUNK)) {
            stdout.write(bytes, n);
        }
    }

    private void readFrames() throws IOException, InterruptedException {
        FrameInput frames = new FrameInput(stream.in());
        byte[] bytes = new byte[CHUNK];
        for (int n = frames.read(bytes); n >= 0; n = frames.read(bytes)) {
            (frames.stream() == FrameInput.STDERR ? stderr : stdout).write(bytes, n);
        }
    }

    private ExitStatus exitStatus() {
        long end = System.nanoTime() + EXIT_WAIT.toNanos();
        try {
            while (System.nanoTime() < end) {
                Optional<Integer> code = engine.exitCode(exec);
                if (code.isPresent()) {
                    return new ExitStatus.Exited(code.get() & 0xff);
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (PosternException e) {
            return new ExitStatus.Lost(e.code(), String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new ExitStatus.Lost(
                DockerCodes.STREAM_LOST, "The engine's stream ended before the process");
    }
}

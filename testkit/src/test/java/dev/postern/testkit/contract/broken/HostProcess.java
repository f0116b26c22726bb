// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract.broken;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.SandboxProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A process of {@link HostBackend}, each stream with a pump on a thread of its own. */
final class HostProcess implements SandboxProcess {
    private final Process process;
    private final Defect defect;
    private final BoundedPipe stdin;
    private final BoundedPipe stdout;
    private final BoundedPipe stderr;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

    private HostProcess(Process process, Path script, Defect defect) {
        this.process = process;
        this.defect = defect;
        boolean spins = defect == Defect.HOLDS_ITS_CARRIER;
        int bound = defect == Defect.BUFFERS_WITHOUT_BOUND ? Integer.MAX_VALUE : 1 << 16;
        stdin = new BoundedPipe(1 << 16, false);
        stdout = new BoundedPipe(bound, spins);
        stderr = new BoundedPipe(1 << 16, spins);
        pump(stdin.in, process.getOutputStream());
        pump(process.getInputStream(), stdout.out);
        pump(process.getErrorStream(), stderr.out);
        Executor later =
                CompletableFuture.delayedExecutor(
                        defect == Defect.LOSES_THE_LAST_CHUNK ? 300 : 0, TimeUnit.MILLISECONDS);
        var _ =
                process.onExit()
                        .thenAcceptAsync(
                                ended -> {
                                    if (defect == Defect.LOSES_THE_LAST_CHUNK
                                            && !stdout.touched()) {
                                        stdout.discard();
                                    }
                                    delete(script);
                                    exit.complete(new ExitStatus.Exited(ended.exitValue()));
                                },
                                later);
    }

    /** Starts a command from a file, because Java's arguments are characters and an SSH command is octets. */
    static HostProcess start(ProcessSpec spec, Defect defect) {
        try {
            Path script = Files.createTempFile("kit-host", ".sh");
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            for (var variable : spec.environment().entrySet()) {
                String value = variable.getValue().replace("'", "'\\''");
                text.writeBytes(
                        ("export " + variable.getKey() + "='" + value + "'\n")
                                .getBytes(StandardCharsets.UTF_8));
            }
            ProcessBuilder builder = new ProcessBuilder("/bin/bash", script.toString());
            if (spec.command() instanceof ProcessSpec.Exec(var line)) {
                text.writeBytes(line.toArray());
            } else {
                text.writeBytes("exec /bin/bash -l".getBytes(StandardCharsets.UTF_8));
            }
            Files.write(script, text.toByteArray());
            builder.environment().put("HOME", "/tmp");
            builder.environment().put("SHELL", "/bin/bash");
            builder.environment().put("USER", "kit");
            builder.environment().put("LOGNAME", "kit");
            return new HostProcess(builder.start(), script, defect);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public ByteSink stdin() {
        return new ByteSink() {
            @Override
            public OutputStream stream() {
                return stdin.out;
            }

            @Override
            public boolean mayHoldCarrier() {
                return false;
            }
        };
    }

    @Override
    public ByteSource stdout() {
        return source(stdout);
    }

    @Override
    public ByteSource stderr() {
        return source(stderr);
    }

    private static ByteSource source(BoundedPipe pipe) {
        return new ByteSource() {
            @Override
            public InputStream stream() {
                return pipe.in;
            }

            @Override
            public boolean mayHoldCarrier() {
                return false;
            }
        };
    }

    @Override
    public CompletableFuture<ExitStatus> exit() {
        return exit;
    }

    @Override
    public void resize(PtySize size) {}

    @Override
    public boolean signal(String name) {
        return false;
    }

    @Override
    public void end(EndReason reason) {
        switch (reason) {
            case FINISHED -> {}
            case HANGUP -> {
                process.destroy();
                CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS)
                        .execute(process::destroyForcibly);
            }
            case KILL -> {
                List<ProcessHandle> children = process.toHandle().descendants().toList();
                process.destroyForcibly();
                if (defect != Defect.FORGETS_THE_CHILDREN) {
                    children.forEach(ProcessHandle::destroyForcibly);
                }
            }
        }
    }

    void killSelf() {
        process.destroyForcibly();
    }

    private static void pump(InputStream from, OutputStream to) {
        Thread.ofPlatform()
                .daemon()
                .name("host pump")
                .start(() -> {
                    byte[] chunk = new byte[1 << 14];
                    try (from;
                            to) {
                        for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
                            to.write(chunk, 0, n);
                            to.flush();
                        }
                    } catch (IOException e) {
                        // The other side has gone; closing both ends tells the one that is left.
                        return;
                    }
                });
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.ByteSource;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.PtySpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.StartResult;
import dev.postern.api.value.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A process under test. Whatever may block is done on threads of their own, so that no defect hangs the kit. */
final class Session {
    private final SandboxProcess process;

    private Session(SandboxProcess process) {
        this.process = process;
    }

    static ProcessSpec exec(String line) {
        return exec(Bytes.utf8(line), Map.of());
    }

    static ProcessSpec exec(Bytes line, Map<String, String> environment) {
        return new ProcessSpec(
                "contract", new ProcessSpec.Exec(line), Optional.empty(), environment);
    }

    static ProcessSpec terminal(String line, Map<Integer, Long> modes) {
        return new ProcessSpec(
                "contract",
                new ProcessSpec.Exec(Bytes.utf8(line)),
                Optional.of(new PtySpec("vt220", new PtySize(101, 43, 0, 0), modes)),
                Map.of());
    }

    static Session start(SandboxConnection connection, String line) {
        return start(connection, exec(line));
    }

    static Session start(SandboxConnection connection, ProcessSpec spec) {
        StartResult result =
                Waits.within("start of '" + spec.command() + "'", () -> connection.start(spec));
        assertThat(result)
                .as("start of %s, which the declared capabilities allow", spec.command())
                .isInstanceOf(StartResult.Started.class);
        return new Session(((StartResult.Started) result).process());
    }

    /** Runs a command to its end: what it wrote to stdout, as text. It must exit with 0. */
    static String output(SandboxConnection connection, String line) {
        Session session = start(connection, line);
        CompletableFuture<byte[]> stdout = session.readAll();
        CompletableFuture<byte[]> stderr = session.readAll(session.process.stderr());
        session.process.stdin().finish();
        byte[] text = Waits.get("end of the output of '" + line + "'", stdout);
        String errors = text(Waits.get("end of the errors of '" + line + "'", stderr));
        ExitStatus status = session.exit();
        session.process.end(SandboxProcess.EndReason.FINISHED);
        assertThat(status)
                .as("exit of '%s', which wrote to stderr: %s", line, errors)
                .isEqualTo(new ExitStatus.Exited(0));
        return text(text);
    }

    SandboxProcess process() {
        return process;
    }

    ExitStatus exit() {
        return Waits.get("exit", process.exit());
    }

    CompletableFuture<byte[]> readAll() {
        return readAll(process.stdout());
    }

    CompletableFuture<byte[]> readAll(ByteSource source) {
        return Waits.begin("read to the end", () -> source.stream().readAllBytes());
    }

    /** The next line of stdout without its end. */
    String line() {
        return Waits.within(
                "a line",
                () -> {
                    InputStream in = process.stdout().stream();
                    ByteArrayOutputStream line = new ByteArrayOutputStream();
                    for (int c = in.read(); c != '\n'; c = in.read()) {
                        if (c < 0) {
                            throw new AssertionError(
                                    "A line was expected, but stdout ended after '"
                                            + text(line.toByteArray())
                                            + "'");
                        }
                        if (c != '\r') {
                            line.write(c);
                        }
                    }
                    return text(line.toByteArray());
                });
    }

    void write(String text) {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    void write(byte[] bytes) {
        Waits.within(
                "write to stdin",
                () -> {
                    process.stdin().stream().write(bytes);
                    process.stdin().stream().flush();
                    return bytes;
                });
    }

    void closeStdin() {
        Waits.within(
                "close of stdin",
                () -> {
                    process.stdin().stream().close();
                    return process;
                });
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}

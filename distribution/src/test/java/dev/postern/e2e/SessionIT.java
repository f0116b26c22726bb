// SPDX-License-Identifier: Apache-2.0
package dev.postern.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person with stock clients must see of sessions (the quickstart profile, backend-local). */
@DisplayName("A session through the quickstart gateway")
@SuppressWarnings("NullAway.Init")
class SessionIT {
    private static final int MIB = 1 << 20;

    @TempDir static Path base;

    private static Installation postern;

    @BeforeAll
    static void start() {
        postern = Installation.start(base);
    }

    @AfterAll
    static void stop() {
        postern.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 126, 127, 143, 255})
    @DisplayName("passes exit codes on")
    void exitCodes(int status) {
        assertThat(postern.ssh("exit " + status).status()).isEqualTo(status);
    }

    @Test
    @DisplayName("a missing program is 127, a file that cannot run 126")
    void shellOutcomes() {
        assertThat(postern.ssh("/no/such/program").status()).isEqualTo(127);
        assertThat(postern.ssh("/etc/passwd").status()).isEqualTo(126);
    }

    @ParameterizedTest
    @CsvSource({"TERM", "KILL", "SEGV"})
    @DisplayName("death by a signal arrives as exit-signal")
    void exitSignal(String signal) {
        Result result = postern.python("exit_signal.py", "kill -" + signal + " $$");
        assertThat(result.text().strip()).as(result.toString()).isEqualTo("signal " + signal);
    }

    @Test
    @DisplayName("exit 143 arrives as exit-status 143, not as a signal")
    void exitStatus143() {
        assertThat(postern.python("exit_signal.py", "exit 143").text().strip())
                .isEqualTo("status 143");
    }

    @Test
    @DisplayName("cat echoes 64 MiB bit-exact, both ways at once")
    void echo64MiB() {
        byte[] sent = new byte[64 * MIB];
        new Random(1).nextBytes(sent);
        Result result = postern.ssh("cat", sent);
        assertThat(result.status()).isZero();
        assertThat(sha256(result.out())).isEqualTo(sha256(sent));
    }

    @Test
    @DisplayName("a reader that sleeps does not grow the heap while head -c 1G waits")
    void stalledReader() throws Exception {
        long before = postern.heapAfterCollection();
        Process ssh = postern.startSsh("demo", "head -c 1G /dev/zero");
        try {
            InputStream out = ssh.getInputStream();
            assertThat(out.readNBytes(MIB)).hasSize(MIB);
            long most = 0;
            for (int i = 0; i < 5; i++) {
                TimeUnit.MILLISECONDS.sleep(500);
                most = Math.max(most, postern.heapAfterCollection());
            }
            assertThat(most - before).isLessThan(8L * MIB);
        } finally {
            ssh.destroyForcibly();
        }
    }

    @Test
    @DisplayName("stdout and stderr stay apart")
    void streamsApart() {
        Result result = postern.ssh("echo out; echo err >&2");
        assertThat(result.text()).isEqualTo("out\n");
        assertThat(result.errors()).isEqualTo("err\n");
    }

    @Test
    @DisplayName("end of stdin reaches the command")
    void stdinEnds() {
        assertThat(postern.ssh("wc -c", new byte[12_345]).text().strip()).isEqualTo("12345");
    }

    @Test
    @DisplayName("a command that ends at once never loses output: 1,000 runs")
    void fastCommands() {
        Result result = postern.python("fast_commands.py", "1000");
        assertThat(result.text().strip()).as(result.errors()).isEqualTo("1000 complete");
    }

    @Test
    @DisplayName("100 connections at a time, 10 channels on one")
    void manyAtOnce() {
        List<Process> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(postern.startSsh("demo", "read line; echo got $line " + i));
        }
        for (int i = 0; i < all.size(); i++) {
            Result result =
                    Programs.finish(
                            all.get(i),
                            "it\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(result.text()).as(result.toString()).isEqualTo("got it " + i + "\n");
        }
        Result channels = postern.python("channels.py", "10");
        assertThat(channels.text().strip()).as(channels.errors()).isEqualTo("10 at once");
    }

    @Test
    @DisplayName("stty size sees the size and its change")
    void windowChange() {
        Result result = postern.python("pty.py", "resize");
        assertThat(result.text()).as(result.errors()).contains("24 80").contains("50 132");
    }

    @Test
    @DisplayName("Ctrl-C on a PTY reaches the foreground job, and the shell lives on")
    void controlC() {
        Result result = postern.python("pty.py", "interrupt");
        assertThat(result.text()).as(result.errors()).contains("still here 130");
    }

    @Test
    @DisplayName("a client killed with kill -9 leaves no process behind within 5 s")
    void clientKilled() {
        String marker = "98765.4321";
        Process plain = postern.startSsh("demo", "sleep " + marker);
        Process terminal = postern.startSsh("demo", "sleep " + marker, "-tt");
        Programs.eventually(
                "both run", Duration.ofSeconds(20), () -> running("sleep " + marker) >= 2);
        plain.destroyForcibly();
        terminal.destroyForcibly();
        Programs.eventually(
                "none is left", Duration.ofSeconds(5), () -> running("sleep " + marker) == 0);
    }

    /** Counts only what runs inside, not the ssh clients whose command lines name it too. */
    private static long running(String text) {
        return Programs.countProcesses(text) - Programs.countProcesses("127.0.0.1 " + text);
    }

    @Test
    @DisplayName(
            "a client with a 2^31 window that stops reading puts no more than the bound on the heap")
    void greedyWindow() {
        long before = postern.heapAfterCollection();
        Process client = postern.startPython("greedy_window.py");
        try {
            assertThat(line(client)).isEqualTo("stalled");
            long after = postern.heapAfterCollection();
            assertThat(after - before).isLessThan(8L * MIB);
        } finally {
            client.destroyForcibly();
        }
    }

    @Test
    @DisplayName("2 idle PTYs and 200 idle sessions do not hold up a login")
    void idleSessions() {
        Process idle = postern.startPython("idle_sessions.py", "2", "200");
        try {
            assertThat(line(idle)).isEqualTo("idle");
            assertThat(postern.ssh("echo in").text()).isEqualTo("in\n");
        } finally {
            idle.destroyForcibly();
        }
    }

    private static String line(Process process) {
        StringBuilder text = new StringBuilder();
        try {
            InputStream out = process.getInputStream();
            for (int c = out.read(); c >= 0 && c != '\n'; c = out.read()) {
                text.append((char) c);
            }
            if (text.isEmpty()) {
                text.append(
                        new String(
                                process.getErrorStream().readAllBytes(),
                                java.nio.charset.StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return text.toString();
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import static dev.postern.plugin.local.LocalHarness.exit;
import static dev.postern.plugin.local.LocalHarness.onTerminal;
import static dev.postern.plugin.local.LocalHarness.start;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.SandboxProcess.EndReason;
import dev.postern.api.value.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LocalTerminalTest {
    @TempDir Path directory;

    private LocalHarness local;
    private SandboxConnection connection;

    @BeforeEach
    void open() {
        local = new LocalHarness(directory);
        connection = local.connect();
    }

    @AfterEach
    void close() {
        connection.close();
        local.close();
    }

    private SandboxProcess run(String line, Map<Integer, Long> modes) {
        return start(connection, onTerminal(new ProcessSpec.Exec(Bytes.utf8(line)), modes));
    }

    @Test
    void terminalIsTheControllingTerminalOfItsProcess() {
        SandboxProcess process =
                run("tty; echo $SSH_TTY; echo $TERM; ps -o tty= -p $$; stty size", Map.of());
        String[] lines = LocalHarness.text(process).split("\r\n");
        assertThat(lines[0]).startsWith("/dev/pts/").isEqualTo(lines[1]);
        assertThat(lines[2]).isEqualTo("xterm");
        assertThat("/dev/" + lines[3].strip()).isEqualTo(lines[0]);
        assertThat(lines[4]).isEqualTo("24 80");
        assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(0));
    }

    @Test
    void stderrEndsAtOnce() throws IOException {
        SandboxProcess process = run("sleep 30", Map.of());
        assertThat(process.stderr().stream().read()).isEqualTo(-1);
    }

    @Test
    void modesOfTheClientAreSet() {
        // ECHO and ONLCR off, IUTF8 on, interrupt is Ctrl-X, quit is off, both speeds 38400.
        SandboxProcess process =
                run(
                        "stty -a",
                        Map.of(
                                53, 0L, 72, 0L, 42, 1L, 1, 24L, 2, 255L, 128, 38_400L, 129, 38_400L,
                                9999, 1L));
        assertThat(LocalHarness.text(process))
                .contains(" -echo ")
                .contains("-onlcr")
                .contains(" iutf8")
                .contains("intr = ^X")
                .contains("quit = <undef>")
                .contains("speed 38400 baud");
    }

    @Test
    void newSizeReachesTheForegroundJob() throws IOException {
        SandboxProcess process =
                run(
                        "trap 'stty size; exit 3' WINCH; echo ready; while :; do sleep 0.05; done",
                        Map.of());
        assertThat(line(process)).isEqualTo("ready\r");
        process.resize(new PtySize(132, 50, 0, 0));
        assertThat(line(process)).isEqualTo("50 132\r");
        assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(3));
    }

    @Test
    void controlCharacterInterruptsTheForegroundJobOfAShell() throws IOException {
        SandboxProcess process =
                start(connection, onTerminal(new ProcessSpec.Shell(), Map.of(53, 0L)));
        write(process, "PS1=; sleep 1000\n");
        awaitForeground("sleep 1000");
        write(process, "\u0003");
        write(process, "echo after $((6*7)); exit 5\n");
        String text = LocalHarness.text(process);
        assertThat(text).contains("after 42");
        assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(5));
    }

    @Test
    void signalGoesToTheForegroundJob() throws IOException {
        SandboxProcess process =
                start(connection, onTerminal(new ProcessSpec.Shell(), Map.of(53, 0L)));
        write(process, "PS1=; sleep 1001; echo status $?; exit 6\n");
        awaitForeground("sleep 1001");
        assertThat(process.signal("TERM")).isTrue();
        assertThat(LocalHarness.text(process)).contains("status 143");
        assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(6));
        assertThat(process.signal("TERM")).isFalse();
        assertThat(process.signal("NOSUCH")).isFalse();
    }

    @Test
    void lastOutputBeforeTheExitIsNotLost() {
        for (int i = 0; i < 200; i++) {
            SandboxProcess process = run("echo line " + i, Map.of());
            assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(0));
            assertThat(LocalHarness.text(process)).isEqualTo("line " + i + "\r\n");
            process.end(EndReason.FINISHED);
        }
    }

    @Test
    void bytesThatAreTypedFasterThanTheyAreReadAllArrive() throws IOException {
        SandboxProcess process =
                run("stty raw -echo; echo ready; sleep 0.2; head -c 300000 | md5sum", Map.of());
        assertThat(line(process)).isEqualTo("ready");
        byte[] zeros = new byte[300_000];
        process.stdin().stream().write(zeros);
        assertThat(LocalHarness.text(process)).startsWith(md5(zeros));
    }

    private static String md5(byte[] bytes) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(java.security.MessageDigest.getInstance("MD5").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitForeground(String command) {
        Waiting.until(
                "'" + command + "' runs",
                () ->
                        ProcessTree.members(local.folders.marker("demo"), 0).stream()
                                .anyMatch(entry ->
                                        ProcessHandle.of(entry.pid())
                                                .flatMap(handle -> handle.info().commandLine())
                                                .filter(text -> text.endsWith(command))
                                                .isPresent()));
    }

    private static void write(SandboxProcess process, String text) throws IOException {
        process.stdin().stream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String line(SandboxProcess process) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = process.stdout().stream().read();
                c >= 0 && c != '\n';
                c = process.stdout().stream().read()) {
            line.append((char) c);
        }
        return line.toString();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import static dev.postern.plugin.local.LocalHarness.exec;
import static dev.postern.plugin.local.LocalHarness.exit;
import static dev.postern.plugin.local.LocalHarness.output;
import static dev.postern.plugin.local.LocalHarness.start;
import static dev.postern.plugin.local.LocalHarness.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.SandboxProcess.EndReason;
import dev.postern.api.backend.StartResult;
import dev.postern.api.value.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalProcessTest {
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

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 126, 127, 128, 143, 255})
    void exitStatusIsExact(int status) {
        SandboxProcess process = start(connection, exec("exit " + status));
        assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(status));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "KILL", "SEGV", "HUP", "USR1", "BUS"})
    void deathBySignalIsToldApartFromAnExitStatus(String name) {
        SandboxProcess process = start(connection, exec("ulimit -c 0; kill -" + name + " $$"));
        assertThat(exit(process)).isEqualTo(new ExitStatus.Signalled(name, false));
    }

    @Test
    void stdoutAndStderrStayApart() throws IOException {
        SandboxProcess process = start(connection, exec("echo out; echo err >&2"));
        assertThat(text(process)).isEqualTo("out\n");
        assertThat(new String(process.stderr().stream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("err\n");
    }

    @Test
    void endOfFileReachesTheProcess() throws IOException {
        SandboxProcess process = start(connection, exec("wc -c"));
        process.stdin().stream().write(new byte[12_345]);
        process.stdin().stream().close();
        assertThat(text(process).strip()).isEqualTo("12345");
    }

    @Test
    void commandIsGivenToTheShellOctetByOctet() {
        byte[] line =
                "printf '%s' \"\u00e4\" | od -An -tx1; printf '".getBytes(StandardCharsets.UTF_8);
        byte[] odd = new byte[line.length + 3];
        System.arraycopy(line, 0, odd, 0, line.length);
        odd[line.length] = (byte) 0xff;
        odd[line.length + 1] = (byte) 0xfe;
        odd[line.length + 2] = '\'';
        SandboxProcess process =
                start(
                        connection,
                        new ProcessSpec(
                                "s",
                                new ProcessSpec.Exec(Bytes.of(odd)),
                                Optional.empty(),
                                Map.of()));
        byte[] got;
        try {
            got = process.stdout().stream().readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertThat(got)
                .endsWith((byte) 0xff, (byte) 0xfe)
                .startsWith(" c3 a4\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void environmentIsTheUsersAndTheClients() {
        SandboxProcess process =
                start(
                        connection,
                        new ProcessSpec(
                                "s",
                                new ProcessSpec.Exec(
                                        Bytes.utf8(
                                                "pwd; echo $HOME; echo $SHELL; echo $USER; echo $LANG; env")),
                                Optional.empty(),
                                Map.of(
                                        "LANG",
                                        "C.UTF-8",
                                        "HOME",
                                        "/nowhere",
                                        "POSTERN_SANDBOX",
                                        "other")));
        String[] lines = text(process).split("\n");
        String folder = directory.resolve("sandboxes/demo").toString();
        assertThat(lines).startsWith(folder, folder, "/bin/bash", Account.own().name(), "C.UTF-8");
        assertThat(lines)
                .contains(local.folders.marker("demo"))
                .doesNotContain("POSTERN_SANDBOX=other");
        assertThat(lines).noneMatch(line -> line.startsWith("SSH_TTY="));
    }

    @Test
    void shellIsALoginShell() throws IOException {
        SandboxProcess process =
                start(
                        connection,
                        new ProcessSpec("s", new ProcessSpec.Shell(), Optional.empty(), Map.of()));
        process.stdin().stream()
                .write("shopt -q login_shell && echo $0\n".getBytes(StandardCharsets.UTF_8));
        process.stdin().finish();
        assertThat(text(process)).isEqualTo("-bash\n");
    }

    @Test
    void processHoldsNoDescriptorOfTheGateway() throws IOException {
        try (InputStream open = Files.newInputStream(Path.of("/etc/hostname"));
                java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            assertThat(socket.isBound()).isTrue();
            assertThat(open.available()).isNotNegative();
            assertThat(output(connection, "cd /proc/self/fd; echo *")).isEqualTo("0 1 2 3\n");
        }
    }

    @Test
    void signalsAreAtTheirDefaults() {
        String blocked =
                output(connection, "grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '\\t'");
        assertThat(blocked).isEqualTo("SigBlk:0000000000000000\nSigIgn:0000000000000000\n");
    }

    @Test
    void manyBytesBothWaysAtOnce() throws Exception {
        int size = 64 << 20;
        SandboxProcess process = start(connection, exec("cat"));
        CompletableFuture<Void> writer =
                CompletableFuture.runAsync(() -> {
                    byte[] chunk = new byte[100_003];
                    try (var out = process.stdin().stream()) {
                        for (int done = 0; done < size; done += chunk.length) {
                            int length = Math.min(chunk.length, size - done);
                            fill(chunk, done);
                            out.write(chunk, 0, length);
                        }
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
        byte[] chunk = new byte[65_536];
        byte[] expected = new byte[65_536];
        int done = 0;
        for (int n = process.stdout().stream().read(chunk);
                n >= 0;
                n = process.stdout().stream().read(chunk)) {
            fill(expected, done);
            assertThat(java.util.Arrays.equals(chunk, 0, n, expected, 0, n)).isTrue();
            done += n;
        }
        assertThat(done).isEqualTo(size);
        writer.get(10, TimeUnit.SECONDS);
        assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(0));
    }

    private static void fill(byte[] bytes, int position) {
        for (int i = 0; i < bytes.length; i++) {
            int at = position + i;
            bytes[i] = (byte) (at ^ at >>> 8 ^ at >>> 16);
        }
    }

    @Test
    void pushedBytesArriveInOrderThroughASinkThatTakesLittle() {
        SandboxProcess process = start(connection, exec("seq 1 100000"));
        SlowSink sink = new SlowSink(777);
        assertThat(process.stdout().pushTo(sink)).isTrue();
        String text = sink.text();
        assertThat(text).startsWith("1\n2\n3\n").endsWith("99999\n100000\n").hasSize(588_895);
    }

    @Test
    void fastCommandNeverLosesItsOutput() {
        for (int i = 0; i < 300; i++) {
            SandboxProcess process = start(connection, exec("echo " + i));
            assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(0));
            assertThat(text(process)).isEqualTo(i + "\n");
            process.end(EndReason.FINISHED);
        }
    }

    @Test
    void offerNeverBlocksAndTellsWhenThereIsRoom() throws Exception {
        SandboxProcess process = start(connection, exec("read line; cat | wc -c"));
        byte[] chunk = new byte[65_536];
        chunk[0] = '\n';
        long offered = process.stdin().offer(chunk, 0, 1);
        assertThat(offered).isEqualTo(1);
        long taken = 0;
        long total = 20 << 20;
        while (taken < total) {
            int n = process.stdin().offer(chunk, 0, (int) Math.min(chunk.length, total - taken));
            taken += n;
            if (n == 0) {
                CompletableFuture<Void> room = new CompletableFuture<>();
                process.stdin().whenWritable(() -> room.complete(null));
                room.get(10, TimeUnit.SECONDS);
            }
        }
        process.stdin().finish();
        assertThat(text(process).strip()).isEqualTo(Long.toString(total));
    }

    @Test
    void sinkWhoseReaderHasGoneTakesAndDropsEverything() {
        SandboxProcess process = start(connection, exec("exec 0<&-; echo closed; sleep 30"));
        assertThat(firstLine(process)).isEqualTo("closed");
        byte[] chunk = new byte[100_000];
        assertThat(process.stdin().offer(chunk, 0, chunk.length)).isEqualTo(chunk.length);
        assertThatThrownBy(() -> process.stdin().stream().write(chunk))
                .isInstanceOf(IOException.class);
    }

    @Test
    void closingAStreamWakesWhoReadsIt() throws Exception {
        SandboxProcess process = start(connection, exec("sleep 30"));
        CompletableFuture<Object> read =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return process.stdout().stream().read();
                    } catch (IOException e) {
                        return e;
                    }
                });
        process.stdout().stream().close();
        assertThat(read.get(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }

    @Test
    void missingShellAndForbiddenShellAreOutcomes() throws Exception {
        Path plain = Files.writeString(directory.resolve("plain"), "text");
        assertThat(withShell("/no/such/shell")).isInstanceOf(StartResult.NotFound.class);
        assertThat(withShell(plain.toString())).isInstanceOf(StartResult.NotPermitted.class);
    }

    private StartResult withShell(String shell) throws InterruptedException {
        LocalSettings old = LocalHarness.settings(false, Optional.empty());
        LocalSettings settings =
                new LocalSettings(
                        old.root(),
                        old.keepFiles(),
                        old.runAs(),
                        old.user(),
                        Optional.of(shell),
                        old.path(),
                        old.forwards(),
                        old.dialTimeout(),
                        old.filesRoot(),
                        old.hangupGrace(),
                        old.eventThreads());
        try (LocalHarness other = new LocalHarness(directory, settings);
                SandboxConnection way = other.connect()) {
            return way.start(exec("true"));
        }
    }

    @Test
    void aThousandStartsLeaveNoDescriptorAndNoThread() {
        output(connection, "true");
        int descriptors = descriptors();
        int threads = Thread.activeCount();
        for (int i = 0; i < 500; i++) {
            output(connection, "true");
            SandboxProcess process =
                    start(
                            connection,
                            LocalHarness.onTerminal(
                                    new ProcessSpec.Exec(Bytes.utf8("true")), Map.of()));
            exit(process);
            process.end(EndReason.FINISHED);
        }
        assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 3);
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 1);
        assertThat(children()).isZero();
    }

    private static int descriptors() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long children() {
        return ProcessHandle.current().children().count();
    }

    private static String firstLine(SandboxProcess process) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int c = process.stdout().stream().read();
                    c >= 0 && c != '\n';
                    c = process.stdout().stream().read()) {
                line.write(c);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}

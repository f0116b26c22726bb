// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.Loss;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.StartResult;
import dev.postern.api.error.PosternException;
import dev.postern.api.sandbox.SandboxRef;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** BE-01 to BE-09. */
abstract class ConnectionRules extends SessionBackendContract.Rules {
    @Test
    @Rule("BE-01")
    @DisplayName("to a sandbox that cannot be reached fails with a code")
    void unreachable() {
        Optional<SandboxRef> nowhere = subject().unreachable();
        assumeTrue(nowhere.isPresent(), "The author names no sandbox that cannot be reached");
        Throwable failure =
                Waits.within(
                        "refusal",
                        () -> {
                            try (SandboxConnection connection =
                                    subject()
                                            .backend()
                                            .connect(nowhere.get(), subject().context())) {
                                connection.start(Session.exec("true"));
                                return new AssertionError(
                                        "A process was started in a sandbox that cannot be reached");
                            } catch (PosternException e) {
                                return e;
                            }
                        });
        assertThat(failure).isInstanceOf(PosternException.class);
    }

    @Test
    @Rule("BE-02")
    @DisplayName("declares what the author says, and the same each time")
    void capabilities() {
        try (SandboxConnection connection = connect();
                SandboxConnection second = connect()) {
            assertThat(connection.capabilities()).isEqualTo(declared());
            assertThat(connection.capabilities()).isEqualTo(connection.capabilities());
            assertThat(second.capabilities()).isEqualTo(declared());
            assertThat(declared())
                    .as("a backend without EXEC and without PTY has no use")
                    .containsAnyOf(Capability.EXEC, Capability.PTY);
        }
    }

    @Test
    @Rule("BE-03")
    @DisplayName("may be closed twice and from any thread")
    void closeTwice() {
        SandboxConnection connection = connect();
        CompletableFuture<Boolean> other =
                Waits.begin(
                        "close",
                        () -> {
                            connection.close();
                            return true;
                        });
        connection.close();
        assertThat(Waits.get("close", other)).isTrue();
        connection.close();
    }

    @Test
    @Rule("BE-04")
    @DisplayName("refuses at once after it was closed")
    void startAfterClose() {
        SandboxConnection connection = connect();
        connection.close();
        assertThat(refused(connection, Session.exec("true")))
                .as("start on a closed connection")
                .isTrue();
    }

    @Test
    @Rule("BE-05")
    @DisplayName("hangs up what still runs when it is closed")
    void closeHangsUp() {
        SandboxConnection connection = connect();
        Session session = Session.start(connection, "echo ready; exec sleep 600");
        assertThat(session.line()).isEqualTo("ready");
        CompletableFuture<Integer> end =
                Waits.begin(
                        "read",
                        () -> {
                            try {
                                return session.process().stdout().stream().read();
                            } catch (IOException e) {
                                return -1;
                            }
                        });
        connection.close();
        assertThat(session.exit()).isNotEqualTo(new ExitStatus.Exited(0));
        assertThat(Waits.get("end of stdout", end)).isEqualTo(-1);
    }

    @Test
    @Rule("BE-06")
    @DisplayName("tells of no loss when it is closed")
    void closeIsNoLoss() {
        SandboxConnection connection = connect();
        CompletableFuture<Loss> loss = new CompletableFuture<>();
        connection.onLost(loss::complete);
        connection.close();
        assertThat(Waits.staysOpen(loss)).as("no loss is reported").isTrue();
    }

    @Test
    @Rule("BE-07")
    @DisplayName("that breaks is reported once, ends its processes as lost and wakes whoever reads")
    void lost() throws Exception {
        try (BackendSubject own = contract().subject()) {
            Optional<Runnable> cut = own.cut();
            assumeTrue(cut.isPresent(), "Nothing lies on the way that could break");
            SandboxConnection connection = connect(own, own.sandbox());
            AtomicInteger losses = new AtomicInteger();
            CompletableFuture<Loss> loss = new CompletableFuture<>();
            connection.onLost(what -> {
                losses.incrementAndGet();
                loss.complete(what);
            });
            Session session = Session.start(connection, "echo ready; exec sleep 600");
            assertThat(session.line()).isEqualTo("ready");
            CompletableFuture<Boolean> reader =
                    Waits.begin(
                            "read",
                            () -> {
                                try {
                                    return session.process().stdout().stream().read() == -1;
                                } catch (IOException e) {
                                    return true;
                                }
                            });
            cut.get().run();
            Waits.get("report of the loss", loss);
            assertThat(session.exit()).isInstanceOf(ExitStatus.Lost.class);
            assertThat(Waits.get("end of stdout", reader)).isTrue();
            CompletableFuture<Loss> late = new CompletableFuture<>();
            connection.onLost(late::complete);
            Waits.get("report to a late listener", late);
            assertThat(losses).hasValue(1);
            connection.close();
        }
    }

    @Test
    @Rule("BE-08")
    @DisplayName("leaves no thread and no descriptor behind")
    void leaks() {
        for (int i = 0; i < 20; i++) {
            openAndClose(i);
        }
        settle();
        int threads = threads().size();
        int descriptors = descriptors();
        for (int i = 0; i < contract().rounds(); i++) {
            openAndClose(i);
        }
        assertThat(Waits.until(() -> threads().size() <= threads + 3))
                .as("threads: %d before, now %s", threads, threads())
                .isTrue();
        assertThat(Waits.until(() -> descriptors() <= descriptors + 8))
                .as("descriptors: %d before, %d now", descriptors, descriptors())
                .isTrue();
    }

    @Test
    @Rule("BE-09")
    @DisplayName(
            "with an idle session does not stop others, even where all virtual threads share one carrier")
    void oneCarrier() throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-Djdk.virtualThreadScheduler.parallelism=1",
                                "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                OneCarrier.class.getName(),
                                contract().getClass().getName()));
        File log = Files.createTempFile("one-carrier", ".log").toFile();
        Process process =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
        try {
            boolean ended = process.waitFor(Waits.timeout().toMillis(), TimeUnit.MILLISECONDS);
            String text = Files.readString(log.toPath(), StandardCharsets.UTF_8);
            assertThat(ended)
                    .as(
                            "with two idle sessions a third one must work; a stream whose mayHoldCarrier is false may not"
                                    + " block its carrier. %s",
                            text)
                    .isTrue();
            assertThat(process.exitValue()).as(text).isZero();
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(log.toPath());
        }
    }

    /** Whether a start is refused without a hang: an outcome other than started, or an exception with a code. */
    static boolean refused(SandboxConnection connection, ProcessSpec spec) {
        return Waits.within(
                "refusal",
                () -> {
                    try {
                        StartResult result = connection.start(spec);
                        if (result instanceof StartResult.Started(SandboxProcess process)) {
                            process.end(SandboxProcess.EndReason.KILL);
                            return false;
                        }
                        return true;
                    } catch (PosternException | UnsupportedOperationException e) {
                        return true;
                    }
                });
    }

    private void openAndClose(int round) {
        try (SandboxConnection connection = connect()) {
            if (round % 10 == 0 && declares(Capability.EXEC)) {
                Session.output(connection, "true");
            }
        }
    }

    private static void settle() {
        System.gc();
        int[] last = {-1};
        Waits.until(() -> {
            int now = threads().size();
            boolean same = now == last[0];
            last[0] = now;
            return same;
        });
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> !name.startsWith("kit: ") && !name.startsWith("ForkJoinPool"))
                .sorted()
                .toList();
    }

    private static int descriptors() {
        Path open = Path.of("/proc/self/fd");
        if (!Files.isDirectory(open)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(open)) {
            return (int) all.count();
        } catch (IOException e) {
            return 0;
        }
    }
}

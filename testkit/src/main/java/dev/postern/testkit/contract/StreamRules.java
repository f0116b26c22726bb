// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** BE-20 to BE-29. */
abstract class StreamRules extends SessionBackendContract.Rules {
    @Test
    @Rule("BE-20")
    @DisplayName("carry every octet in order, both ways at once, whatever the chunks")
    void bothWays() {
        int size = contract().bulk() / 4;
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, "cat");
            CompletableFuture<Integer> writer =
                    Waits.begin(
                            "write",
                            () -> {
                                Random chunks = new Random(1);
                                OutputStream out = session.process().stdin().stream();
                                int done = 0;
                                while (done < size) {
                                    byte[] chunk =
                                            Pattern.at(
                                                    done,
                                                    Math.min(
                                                            size - done,
                                                            1 + chunks.nextInt(100_000)));
                                    out.write(chunk);
                                    done += chunk.length;
                                }
                                out.close();
                                return done;
                            });
            assertThat(
                            Waits.within(
                                    "read",
                                    () -> Pattern.check(session.process().stdout().stream())))
                    .isEqualTo(size);
            assertThat(Waits.get("write", writer)).isEqualTo(size);
            assertThat(session.exit()).isEqualTo(new ExitStatus.Exited(0));
        }
    }

    @Test
    @Rule("BE-21")
    @DisplayName("hold back a process whose output nobody reads, and lose nothing of it")
    void outputIsHeldBack() {
        int size = contract().bulk();
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, "head -c " + size + " /dev/zero");
            assertThat(Waits.staysOpen(session.process().exit()))
                    .as("%d octets of output were taken that nobody has read", size)
                    .isTrue();
            long read =
                    Waits.within(
                            "read",
                            () ->
                                    session.process().stdout().stream()
                                            .transferTo(OutputStream.nullOutputStream()));
            assertThat(read).isEqualTo(size);
            assertThat(session.exit()).isEqualTo(new ExitStatus.Exited(0));
        }
    }

    @Test
    @Rule("BE-22")
    @DisplayName("hold back who writes to a process that does not read, until it does")
    void inputIsHeldBack() {
        int size = contract().bulk();
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, "echo ready; sleep 1; wc -c");
            assertThat(session.line()).isEqualTo("ready");
            CompletableFuture<Integer> writer =
                    Waits.begin(
                            "write",
                            () -> {
                                OutputStream out = session.process().stdin().stream();
                                byte[] chunk = new byte[1 << 16];
                                for (int done = 0; done < size; done += chunk.length) {
                                    out.write(chunk);
                                }
                                out.close();
                                return size;
                            });
            assertThat(Waits.staysOpen(writer))
                    .as("%d octets of input were taken that nobody has read", size)
                    .isTrue();
            Waits.get("write", writer);
            assertThat(session.line().strip()).isEqualTo(Integer.toString(size));
        }
    }

    @Test
    @Rule("BE-23")
    @DisplayName("wake a blocked reader when they are closed")
    void closeWakesReader() {
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, "echo ready; exec sleep 600");
            assertThat(session.line()).isEqualTo("ready");
            CompletableFuture<Boolean> reader =
                    Waits.begin(
                            "read",
                            () -> {
                                try {
                                    return session.process().stdout().stream().read() < 0;
                                } catch (IOException e) {
                                    return true;
                                }
                            });
            assertThat(Waits.staysOpen(reader)).isTrue();
            Waits.within(
                    "close of stdout",
                    () -> {
                        session.process().stdout().stream().close();
                        return true;
                    });
            assertThat(Waits.get("end of a blocked read", reader)).isTrue();
            session.process().end(SandboxProcess.EndReason.KILL);
        }
    }

    @Test
    @Rule("BE-24")
    @DisplayName("wake a blocked writer when they are closed")
    void closeWakesWriter() {
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, "echo ready; exec sleep 600");
            assertThat(session.line()).isEqualTo("ready");
            CompletableFuture<Boolean> writer =
                    Waits.begin(
                            "write",
                            () -> {
                                try {
                                    while (true) {
                                        session.process().stdin().stream().write(new byte[1 << 16]);
                                    }
                                } catch (IOException e) {
                                    return true;
                                }
                            });
            assertThat(Waits.staysOpen(writer)).isTrue();
            Waits.within(
                    "close of stdin",
                    () -> {
                        session.process().stdin().stream().close();
                        return true;
                    });
            assertThat(Waits.get("end of a blocked write", writer)).isTrue();
            session.process().end(SandboxProcess.EndReason.KILL);
        }
    }

    @Test
    @Rule("BE-25")
    @DisplayName("fail a writer whose reader has gone")
    void readerHasGone() {
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, "exit 0");
            assertThat(session.exit()).isEqualTo(new ExitStatus.Exited(0));
            boolean ended =
                    Waits.within(
                            "a write to a process that has ended",
                            () -> {
                                try {
                                    for (int i = 0; i < contract().bulk() >> 16; i++) {
                                        session.process().stdin().stream().write(new byte[1 << 16]);
                                    }
                                    return true;
                                } catch (IOException e) {
                                    return true;
                                }
                            });
            assertThat(ended).isTrue();
            session.process().end(SandboxProcess.EndReason.FINISHED);
        }
    }

    @Test
    @Rule("BE-26")
    @DisplayName("have the same blocking side each time they are asked")
    void sameStream() {
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, "cat");
            SandboxProcess process = session.process();
            assertThat(process.stdout().stream()).isSameAs(process.stdout().stream());
            assertThat(process.stderr().stream()).isSameAs(process.stderr().stream());
            assertThat(process.stdin().stream()).isSameAs(process.stdin().stream());
            process.end(SandboxProcess.EndReason.KILL);
        }
    }

    @Test
    @Rule("BE-27")
    @DisplayName(
            "that are non-blocking take what they can, say when there is room, and end after what they took")
    void offer() {
        int size = contract().bulk();
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, "echo ready; sleep 0.5; wc -c");
            ByteSink stdin = session.process().stdin();
            assumeTrue(stdin.nonBlocking(), "The sink has no non-blocking side");
            assertThat(session.line()).isEqualTo("ready");
            int refusals =
                    Waits.within(
                            "offers",
                            () -> {
                                byte[] chunk = new byte[100_000];
                                int full = 0;
                                for (int done = 0; done < size; ) {
                                    int length = Math.min(chunk.length, size - done);
                                    int taken = stdin.offer(chunk, 0, length);
                                    assertThat(taken).isBetween(0, length);
                                    done += taken;
                                    if (taken < length) {
                                        full++;
                                        CompletableFuture<Boolean> room = new CompletableFuture<>();
                                        stdin.whenWritable(() -> room.complete(true));
                                        Waits.get("whenWritable", room);
                                    }
                                }
                                stdin.finish();
                                stdin.finish();
                                return full;
                            });
            assertThat(refusals).as("times that the sink was full").isPositive();
            assertThat(session.line().strip()).isEqualTo(Integer.toString(size));
        }
    }

    @Test
    @Rule("BE-28")
    @DisplayName(
            "that push offer every octet in order to a sink that takes little, and finish it once")
    void push() {
        int size = contract().bulk() / 16;
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, "cat");
            CheckingSink sink = CheckingSink.ofPattern();
            assumeTrue(
                    session.process().stdout().pushTo(sink), "The source has no non-blocking side");
            session.write(Pattern.at(0, size));
            session.closeStdin();
            assertThat(Waits.get("finish", sink.finished())).isEqualTo(size);
            assertThat(session.exit()).isEqualTo(new ExitStatus.Exited(0));
            assertThat(sink.calls()).as("what the sink saw of wrong calls").isEmpty();
        }
    }

    @Test
    @Rule("BE-29")
    @DisplayName("that push stand still while their sink is full")
    void pushIsHeldBack() {
        int size = contract().bulk();
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, "head -c " + size + " /dev/zero");
            CheckingSink sink = CheckingSink.full();
            assumeTrue(
                    session.process().stdout().pushTo(sink), "The source has no non-blocking side");
            assertThat(Waits.staysOpen(session.process().exit()))
                    .as("%d octets of output were taken that the sink has refused", size)
                    .isTrue();
            sink.open();
            assertThat(Waits.get("finish", sink.finished())).isEqualTo(size);
        }
    }

    /** Octets whose value tells their position. */
    static final class Pattern {
        private Pattern() {}

        static byte[] at(int position, int length) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = octet(position + i);
            }
            return bytes;
        }

        static byte octet(int position) {
            return (byte) (position ^ (position >>> 8) ^ (position >>> 16));
        }

        /** Reads to the end and returns the length; every octet must be in its place. */
        static int check(InputStream in) throws IOException {
            byte[] chunk = new byte[1 << 16];
            int done = 0;
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                if (!Arrays.equals(chunk, 0, n, at(done, n), 0, n)) {
                    throw new AssertionError(
                            "An octet between "
                                    + done
                                    + " and "
                                    + (done + n)
                                    + " is wrong or missing");
                }
                done += n;
            }
            return done;
        }
    }
}

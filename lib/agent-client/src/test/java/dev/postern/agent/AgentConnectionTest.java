// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.Destination;
import dev.postern.api.backend.DialResult;
import dev.postern.api.backend.DuplexStream;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.Loss;
import dev.postern.api.backend.Origin;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.StartResult;
import dev.postern.api.error.PosternException;
import dev.postern.api.value.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AgentConnectionTest {
    private final FakeAgent agent = new FakeAgent();

    @AfterEach
    void closeAgent() {
        agent.close();
    }

    private static ProcessSpec command(String line) {
        return new ProcessSpec(
                "s1", new ProcessSpec.Exec(Bytes.utf8(line)), Optional.empty(), Map.of());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Runs a blocking call of the gateway while the test answers as the agent. */
    private static <T> CompletableFuture<T> async(java.util.concurrent.Callable<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                result.complete(call.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private SandboxProcess started(AgentConnection connection) throws Exception {
        CompletableFuture<StartResult> result = async(() -> connection.start(command("x")));
        agent.opened(agent.next(FrameType.OPEN).stream());
        return ((StartResult.Started) get(result)).process();
    }

    private DuplexStream connected(AgentConnection connection) throws Exception {
        CompletableFuture<DialResult> result =
                async(() -> connection.dial(new Destination.Tcp("h", 80), new Origin("", 0)));
        agent.send(FrameType.OPEN_OK, 0, agent.next(FrameType.OPEN).stream(), new byte[0]);
        return ((DialResult.Connected) get(result)).stream();
    }

    @Test
    void capabilitiesAreThoseOfTheAgent() throws Exception {
        try (AgentConnection connection = agent.connect()) {
            assertThat(connection.capabilities())
                    .containsExactlyInAnyOrder(
                            Capability.EXEC,
                            Capability.PTY,
                            Capability.RESIZE,
                            Capability.SIGNAL,
                            Capability.EXIT_SIGNAL,
                            Capability.STDIN_EOF,
                            Capability.ENVIRONMENT,
                            Capability.GUEST_USER,
                            Capability.SFTP_STREAM,
                            Capability.DIAL_TCP,
                            Capability.DIAL_UNIX,
                            Capability.LISTEN_TCP,
                            Capability.LISTEN_UNIX);
        }
    }

    @Test
    void processLivesAndEnds() throws Exception {
        try (AgentConnection connection = agent.connect()) {
            SandboxProcess process = started(connection);
            process.stdin().stream().write(ascii("in"));
            process.stdin().stream().close();
            process.resize(new PtySize(80, 24, 0, 0));
            assertThat(process.signal("TERM")).isTrue();
            assertThat(process.signal("TERM; rm")).isFalse();
            assertThat(agent.next(FrameType.DATA).payload()).isEqualTo(Bytes.utf8("in"));
            assertThat(agent.next(FrameType.EOF).flags()).isZero();
            agent.send(FrameType.DATA, 0, 2, ascii("out"));
            agent.send(FrameType.DATA, 1, 2, ascii("err"));
            agent.send(FrameType.EOF, 0, 2, new byte[0]);
            agent.send(FrameType.EOF, 1, 2, new byte[0]);
            agent.exit(2, 255);
            assertThat(get(process.exit())).isEqualTo(new ExitStatus.Exited(255));
            agent.send(FrameType.CLOSE, 0, 2, new byte[0]);
            assertThat(process.stdout().stream().readAllBytes()).isEqualTo(ascii("out"));
            assertThat(process.stderr().stream().readAllBytes()).isEqualTo(ascii("err"));
            assertThat(agent.next(FrameType.CLOSE).flags()).isZero();
            process.end(SandboxProcess.EndReason.KILL);
            assertThat(process.signal("TERM")).isFalse();
        }
    }

    @Test
    void failuresAreToldApart() throws Exception {
        try (AgentConnection connection = agent.connect()) {
            for (var expected :
                    Map.of(
                                    2, StartResult.NotFound.class,
                                    3, StartResult.NotPermitted.class,
                                    7, StartResult.NotPermitted.class,
                                    8, StartResult.Failed.class,
                                    99, StartResult.Failed.class)
                            .entrySet()) {
                CompletableFuture<StartResult> result = async(() -> connection.start(command("x")));
                int stream = agent.next(FrameType.OPEN).stream();
                agent.send(
                        FrameType.OPEN_FAIL,
                        stream,
                        new PayloadWriter()
                                .uint32(expected.getKey())
                                .uint32(0)
                                .text("no\u001b[31m\u202e"));
                StartResult failure = get(result);
                assertThat(failure).isInstanceOf(expected.getValue());
                assertThat(failure.toString()).doesNotContain("\u001b", "\u202e");
                assertThat(agent.next(FrameType.CLOSE).stream()).isEqualTo(stream);
            }
        }
    }

    @Test
    void creditBoundsWhatIsSent() throws Exception {
        try (AgentConnection connection = agent.connect()) {
            SandboxProcess process = started(connection);
            byte[] much = new byte[FakeAgent.WINDOW + 1000];
            int taken = process.stdin().offer(much, 0, much.length);
            assertThat(taken).isEqualTo(FakeAgent.WINDOW);
            assertThat(process.stdin().offer(much, 0, 1)).isZero();
            BlockingQueue<String> writable = new ArrayBlockingQueue<>(4);
            process.stdin().whenWritable(() -> writable.add("now"));
            for (int got = 0; got < taken; ) {
                got += agent.next(FrameType.DATA).payload().length();
            }
            assertThat(writable.poll(50, TimeUnit.MILLISECONDS)).isNull();
            agent.send(FrameType.WINDOW, 2, new PayloadWriter().uint32(10));
            assertThat(writable.poll(20, TimeUnit.SECONDS)).isEqualTo("now");
            assertThat(process.stdin().offer(much, 0, 100)).isEqualTo(10);
        }
    }

    @Test
    void creditIsGrantedForWhatWasTaken() throws Exception {
        try (AgentConnection connection = agent.connect()) {
            SandboxProcess process = started(connection);
            Collector slow = new Collector(1000);
            assertThat(process.stdout().pushTo(slow)).isTrue();
            int window = AgentOptions.DEFAULT.window();
            byte[] part = new byte[FrameHeader.MAX_DATA];
            for (int sent = 0; sent < window; sent += part.length) {
                agent.send(FrameType.DATA, 0, 2, part);
            }
            slow.await(1000);
            slow.allow(window / 4);
            FakeAgent.Frame grant = agent.next(FrameType.WINDOW);
            assertThat(grant.fields().uint32("delta"))
                    .isBetween((long) window / 4, (long) window / 4 + 1000);
            slow.allow(window);
            assertThat(slow.await(window)).hasSize(window);
            agent.send(FrameType.EOF, 0, 2, new byte[0]);
            assertThat(slow.awaitEnd()).hasSize(window);
        }
    }

    @Test
    void stalledStreamDelaysNoOther() throws Exception {
        try (AgentConnection connection = agent.connect()) {
            SandboxProcess stalled = started(connection);
            assertThat(stalled.stdout().pushTo(new Collector(0))).isTrue();
            agent.send(FrameType.DATA, 0, 2, new byte[FrameHeader.MAX_DATA]);
            SandboxProcess other = started(connection);
            agent.send(FrameType.DATA, 0, 4, ascii("alive"));
            assertThat(other.stdout().stream().readNBytes(5)).isEqualTo(ascii("alive"));
        }
    }

    @Test
    void endingIsRaisedUntilTheAgentHasClosed() throws Exception {
        try (AgentConnection connection = agent.connect()) {
            SandboxProcess process = started(connection);
            process.end(SandboxProcess.EndReason.HANGUP);
            process.end(SandboxProcess.EndReason.FINISHED);
            process.end(SandboxProcess.EndReason.KILL);
            assertThat(agent.next().flags()).isEqualTo(AgentStream.HANG_UP);
            assertThat(agent.next().flags()).isEqualTo(AgentStream.KILL);
            agent.send(
                    FrameType.EXIT_SIGNAL,
                    2,
                    new PayloadWriter().text("KILL").bool(false).text(""));
            assertThat(get(process.exit())).isEqualTo(new ExitStatus.Signalled("KILL", false));
            agent.send(FrameType.CLOSE, 0, 2, new byte[0]);
        }
    }

    @Test
    void closeBehindTheEndOfWritingWaitsForIt() throws Exception {
        try (AgentConnection connection = agent.connect()) {
            DuplexStream stream = connected(connection);
            byte[] data = new byte[FakeAgent.WINDOW];
            assertThat(stream.sink().offer(data, 0, data.length)).isEqualTo(data.length);
            stream.sink().finish();
            stream.close();
            int got = 0;
            FakeAgent.Frame frame = agent.next();
            while (frame.type() == FrameType.DATA) {
                got += frame.payload().length();
                frame = agent.next();
            }
            assertThat(got).isEqualTo(data.length);
            assertThat(frame.type()).isEqualTo(FrameType.EOF);
            assertThat(agent.next().type()).isEqualTo(FrameType.CLOSE);
            agent.send(FrameType.CLOSE, 0, 2, new byte[0]);
        }
    }

    @Test
    void listenerHandsItsConnectionsOver() throws Exception {
        try (AgentConnection connection = agent.connect()) {
            BlockingQueue<ListenSpec.Incoming> incoming = new ArrayBlockingQueue<>(4);
            CompletableFuture<ListenResult> result =
                    async(() ->
                            connection.listen(
                                    new ListenSpec(
                                            new ListenSpec.Tcp("localhost", 0), incoming::add)));
            int id = agent.next(FrameType.OPEN).stream();
            agent.send(FrameType.OPEN_OK, id, new PayloadWriter().uint32(40001));
            ListenResult.Listening listening = (ListenResult.Listening) get(result);
            assertThat(listening.listener().bound())
                    .isEqualTo(new Destination.Tcp("localhost", 40001));
            agent.send(
                    FrameType.INCOMING,
                    1,
                    new PayloadWriter().uint32(id).text("127.0.0.1").uint32(5));
            agent.send(FrameType.DATA, 0, 1, ascii("hello"));
            agent.send(FrameType.EOF, 0, 1, new byte[0]);
            ListenSpec.Incoming first = incoming.poll(20, TimeUnit.SECONDS);
            assertThat(first).isNotNull();
            assertThat(first.origin()).isEqualTo(new Origin("127.0.0.1", 5));
            assertThat(first.stream().source().stream().readAllBytes()).isEqualTo(ascii("hello"));
            first.stream().close();
            assertThat(agent.next(FrameType.CLOSE).stream()).isEqualTo(1);
            listening.listener().close();
            assertThat(agent.next(FrameType.CLOSE).stream()).isEqualTo(id);
            // One that crossed with the CLOSE is closed, not handed over.
            agent.send(
                    FrameType.INCOMING,
                    3,
                    new PayloadWriter().uint32(id).text("127.0.0.1").uint32(5));
            assertThat(agent.next(FrameType.CLOSE).stream()).isEqualTo(3);
            assertThat(incoming).isEmpty();
        }
    }

    @Test
    void displayIsTheFirstFreePort() throws Exception {
        try (AgentConnection connection = agent.connect()) {
            CompletableFuture<ListenResult> result =
                    async(() ->
                            connection.listen(
                                    new ListenSpec(new ListenSpec.X11Display(), incoming -> {})));
            int taken = agent.next(FrameType.OPEN).stream();
            agent.send(
                    FrameType.OPEN_FAIL,
                    taken,
                    new PayloadWriter().uint32(9).uint32(98).text("in use"));
            FakeAgent.Frame second = agent.next(FrameType.OPEN);
            agent.send(FrameType.OPEN_OK, second.stream(), new PayloadWriter().uint32(6011));
            assertThat(((ListenResult.Listening) get(result)).listener().bound())
                    .isEqualTo(new Destination.Tcp("localhost", 6011));
        }
    }

    @Test
    void silentAgentDoesNotHoldUpARequest() throws Exception {
        AgentOptions hasty =
                AgentOptions.DEFAULT.withTimeouts(Duration.ofSeconds(10), Duration.ofMillis(100));
        try (AgentConnection connection = agent.connect(hasty)) {
            assertThat(connection.start(command("x"))).isInstanceOf(StartResult.Failed.class);
            assertThat(agent.next(FrameType.CLOSE).flags()).isEqualTo(AgentStream.KILL);
            // The answer may have crossed with that.
            agent.opened(2);
            agent.send(FrameType.CLOSE, 0, 2, new byte[0]);
            agent.send(FrameType.PING, 0, 0, new byte[] {7});
            assertThat(agent.next(FrameType.PONG).payload()).isEqualTo(Bytes.of(new byte[] {7}));
        }
    }

    @Test
    void interruptedRequestIsAbandoned() throws Exception {
        try (AgentConnection connection = agent.connect()) {
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread waiting =
                    Thread.startVirtualThread(() -> {
                        try {
                            connection.start(command("x"));
                            interrupted.complete(false);
                        } catch (InterruptedException e) {
                            interrupted.complete(true);
                        }
                    });
            agent.next(FrameType.OPEN);
            waiting.interrupt();
            assertThat(get(interrupted)).isTrue();
            assertThat(agent.next(FrameType.CLOSE).flags()).isEqualTo(AgentStream.KILL);
        }
    }

    @Test
    void lostConnectionEndsEverythingOnce() throws Exception {
        AgentConnection connection = agent.connect();
        BlockingQueue<Loss> losses = new ArrayBlockingQueue<>(4);
        connection.onLost(losses::add);
        SandboxProcess process = started(connection);
        InputStream out = process.stdout().stream();
        CompletableFuture<Integer> blockedRead = async(out::read);
        Collector errors = new Collector(0);
        process.stderr().pushTo(errors);
        agent.close();
        assertThat(losses.poll(20, TimeUnit.SECONDS)).isNotNull();
        assertThat(get(process.exit())).isInstanceOf(ExitStatus.Lost.class);
        assertThatThrownBy(() -> get(blockedRead)).hasCauseInstanceOf(IOException.class);
        errors.awaitEnd();
        assertThat(connection.start(command("x"))).isInstanceOf(StartResult.Failed.class);
        connection.onLost(losses::add);
        assertThat(losses).hasSize(1);
        connection.close();
        assertThat(losses).hasSize(1);
    }

    @Test
    void closingTellsTheAgentAndNobodyElse() throws Exception {
        AgentConnection connection = agent.connect();
        BlockingQueue<Loss> losses = new ArrayBlockingQueue<>(4);
        connection.onLost(losses::add);
        SandboxProcess process = started(connection);
        process.end(SandboxProcess.EndReason.KILL);
        connection.close();
        connection.close();
        assertThat(agent.next().flags()).isEqualTo(AgentStream.KILL);
        assertThat(agent.next().type()).isEqualTo(FrameType.GOAWAY);
        agent.drain();
        assertThat(get(process.exit())).isInstanceOf(ExitStatus.Lost.class);
        assertThat(losses).isEmpty();
    }

    @Test
    void whatIsNoAgentIsRefused() {
        agent.raw(ascii("SSH-2.0-OpenSSH_9.2p1\r\n"));
        assertThatThrownBy(() -> AgentConnection.open(agent.transport(), AgentOptions.DEFAULT))
                .isInstanceOfSatisfying(
                        PosternException.class,
                        e -> assertThat(e.code()).isEqualTo(AgentCodes.PROTOCOL_VIOLATION));
    }

    @Test
    void silenceIsRefusedInTime() {
        AgentOptions hasty =
                AgentOptions.DEFAULT.withTimeouts(Duration.ofMillis(100), Duration.ofSeconds(1));
        assertThatThrownBy(() -> AgentConnection.open(agent.transport(), hasty))
                .isInstanceOfSatisfying(
                        PosternException.class,
                        e -> assertThat(e.code()).isEqualTo(AgentCodes.NO_HELLO));
    }

    @Test
    void otherVersionIsRefusedByName() {
        Hello later =
                new Hello(
                        2,
                        3,
                        FrameHeader.MAX_FRAME,
                        1,
                        1,
                        Bytes.of(new byte[16]),
                        java.util.List.of(),
                        "later");
        agent.send(FrameType.HELLO, 0, 0, later.encode());
        assertThatThrownBy(() -> AgentConnection.open(agent.transport(), AgentOptions.DEFAULT))
                .isInstanceOfSatisfying(
                        PosternException.class,
                        e -> assertThat(e.code()).isEqualTo(AgentCodes.VERSION));
    }
}

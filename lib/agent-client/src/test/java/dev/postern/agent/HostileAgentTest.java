// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.Destination;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.Loss;
import dev.postern.api.backend.Origin;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.PtySpec;
import dev.postern.api.value.Bytes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an agent must not do ends its connection, with the reason. Stream 2 is a process, 4 a terminal, 6 a socket, 8 a listener. */
class HostileAgentTest {
    private static final int PROCESS = 2;
    private static final int TERMINAL = 4;
    private static final int SOCKET = 6;
    private static final int LISTENER = 8;
    private static final byte[] NOTHING = new byte[0];

    private static Arguments violation(String name, Consumer<FakeAgent> action) {
        return Arguments.of(name, action);
    }

    private static PayloadWriter number(long value) {
        return new PayloadWriter().uint32(value);
    }

    private static PayloadWriter incoming(int listener) {
        return number(listener).text("::1").uint32(1);
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                violation("second HELLO", a -> a.sayHello(1, 1)),
                violation("OPEN", a -> a.send(FrameType.OPEN, 0, 2, new byte[8])),
                violation("PONG", a -> a.send(FrameType.PONG, 0, 0, NOTHING)),
                violation("RESIZE", a -> a.send(FrameType.RESIZE, 0, PROCESS, new byte[16])),
                violation(
                        "SIGNAL",
                        a -> a.send(FrameType.SIGNAL, PROCESS, new PayloadWriter().text("TERM"))),
                violation(
                        "unknown type",
                        a -> a.raw(new byte[] {99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})),
                violation(
                        "4 GiB", a -> a.raw(new byte[] {20, 0, 0, 0, 0, 0, 0, 2, -1, -1, -1, -1})),
                violation("never opened", a -> a.send(FrameType.DATA, 0, 100, new byte[1])),
                violation("answered twice", a -> a.opened(PROCESS)),
                violation(
                        "refused after all",
                        a -> a.send(FrameType.OPEN_FAIL, PROCESS, number(1).uint32(0).text(""))),
                violation("credit", a -> data(a, PROCESS, 0, AgentOptions.DEFAULT.window() + 1)),
                violation("stderr of a terminal", a -> data(a, TERMINAL, 1, 1)),
                violation("stderr of a socket", a -> data(a, SOCKET, 1, 1)),
                violation("data of a listener", a -> data(a, LISTENER, 0, 1)),
                violation(
                        "data after EOF",
                        a -> {
                            a.send(FrameType.EOF, 0, SOCKET, NOTHING);
                            data(a, SOCKET, 0, 1);
                        }),
                violation(
                        "EOF twice",
                        a -> {
                            a.send(FrameType.EOF, 1, PROCESS, NOTHING);
                            a.send(FrameType.EOF, 1, PROCESS, NOTHING);
                        }),
                violation("exit before EOF", a -> a.exit(PROCESS, 0)),
                violation("exit of a socket", a -> a.exit(SOCKET, 0)),
                violation(
                        "exit status 256",
                        a -> {
                            a.send(FrameType.EOF, 0, TERMINAL, NOTHING);
                            a.exit(TERMINAL, 256);
                        }),
                violation(
                        "two exits",
                        a -> {
                            a.send(FrameType.EOF, 0, TERMINAL, NOTHING);
                            a.exit(TERMINAL, 0);
                            a.exit(TERMINAL, 1);
                        }),
                violation(
                        "signal name with a line break",
                        a -> {
                            a.send(FrameType.EOF, 0, TERMINAL, NOTHING);
                            a.send(
                                    FrameType.EXIT_SIGNAL,
                                    TERMINAL,
                                    new PayloadWriter().text("A\nB").bool(false).text(""));
                        }),
                violation(
                        "close without an exit", a -> a.send(FrameType.CLOSE, 0, PROCESS, NOTHING)),
                violation("close with a mode", a -> a.send(FrameType.CLOSE, 2, SOCKET, NOTHING)),
                violation(
                        "frame after the end",
                        a -> {
                            a.send(FrameType.CLOSE, 0, SOCKET, NOTHING);
                            data(a, SOCKET, 0, 1);
                        }),
                violation("window of 0", a -> a.send(FrameType.WINDOW, PROCESS, number(0))),
                violation(
                        "window over the limit",
                        a -> a.send(FrameType.WINDOW, PROCESS, number(Integer.MAX_VALUE))),
                violation(
                        "window of stderr",
                        a -> a.send(FrameType.WINDOW, 1, PROCESS, number(1).bytes())),
                violation(
                        "window of a listener", a -> a.send(FrameType.WINDOW, LISTENER, number(1))),
                violation(
                        "incoming with an even id",
                        a -> a.send(FrameType.INCOMING, 10, incoming(LISTENER))),
                violation(
                        "incoming for no listener",
                        a -> a.send(FrameType.INCOMING, 1, incoming(PROCESS))),
                violation(
                        "incoming with an old id",
                        a -> {
                            a.send(FrameType.INCOMING, 3, incoming(LISTENER));
                            a.send(FrameType.INCOMING, 1, incoming(LISTENER));
                        }),
                violation(
                        "too many incoming",
                        a -> {
                            for (int i = 0; i <= AgentOptions.DEFAULT.incomingLimit(); i++) {
                                a.send(FrameType.INCOMING, 2 * i + 1, incoming(LISTENER));
                            }
                        }),
                violation(
                        "a flood of grants",
                        a -> {
                            for (int i = 0; i < 300_000; i++) {
                                a.send(FrameType.WINDOW, PROCESS, number(1));
                            }
                        }));
    }

    private static void data(FakeAgent agent, int stream, int sub, int length) {
        for (int left = length; left > 0; left -= FrameHeader.MAX_DATA) {
            agent.send(FrameType.DATA, sub, stream, new byte[Math.min(left, FrameHeader.MAX_DATA)]);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("violations")
    void endsTheConnection(String name, Consumer<FakeAgent> action) throws Exception {
        try (FakeAgent agent = new FakeAgent();
                AgentConnection connection = agent.connect()) {
            BlockingQueue<Loss> losses = new ArrayBlockingQueue<>(2);
            connection.onLost(losses::add);
            openOneOfEach(agent, connection);
            Thread.startVirtualThread(agent::drain);
            action.accept(agent);
            Loss loss = losses.poll(20, TimeUnit.SECONDS);
            assertThat(loss).as(name).isNotNull();
            assertThat(loss.code()).isEqualTo(AgentCodes.PROTOCOL_VIOLATION);
            assertThat(loss.message())
                    .startsWith("the agent broke the protocol: ")
                    .doesNotContain("\n");
        }
    }

    private static void openOneOfEach(FakeAgent agent, AgentConnection connection)
            throws Exception {
        Thread answers =
                Thread.startVirtualThread(() -> {
                    agent.opened(agent.next(FrameType.OPEN).stream());
                    agent.opened(agent.next(FrameType.OPEN).stream());
                    agent.send(FrameType.OPEN_OK, 0, agent.next(FrameType.OPEN).stream(), NOTHING);
                    agent.send(
                            FrameType.OPEN_OK, agent.next(FrameType.OPEN).stream(), number(4000));
                });
        PtySpec pty = new PtySpec("xterm", new PtySize(80, 24, 0, 0), Map.of());
        connection.start(new ProcessSpec("1", new ProcessSpec.Shell(), Optional.empty(), Map.of()));
        connection.start(new ProcessSpec("2", new ProcessSpec.Shell(), Optional.of(pty), Map.of()));
        connection.dial(new Destination.Tcp("h", 1), new Origin("", 0));
        connection.listen(new ListenSpec(new ListenSpec.Tcp("", 4000), incoming -> {}));
        answers.join();
    }

    @Test
    void unknownFramesThatMayBeSkippedAre() throws Exception {
        try (FakeAgent agent = new FakeAgent();
                AgentConnection connection = agent.connect()) {
            byte[] frame = FrameHeader.frame(FrameType.PING, 0, 0, 100_000);
            frame[0] = (byte) 0x80;
            agent.raw(frame);
            agent.send(FrameType.PING, 0, 0, new byte[] {1});
            assertThat(agent.next(FrameType.PONG).payload()).isEqualTo(Bytes.of(new byte[] {1}));
            assertThat(connection.capabilities()).isNotEmpty();
        }
    }

    @Test
    void agentThatDoesNotReadCannotFillTheGateway() throws Exception {
        try (FakeAgent agent = new FakeAgent()) {
            AgentConnection connection = agent.connect();
            // Its answers are not read, so at some point its questions are not either.
            Thread flood =
                    Thread.startVirtualThread(() -> {
                        for (int i = 0; i < 1_000_000; i++) {
                            agent.send(FrameType.PING, 0, 0, new byte[64]);
                        }
                    });
            assertThat(flood.join(Duration.ofSeconds(1))).isFalse();
            connection.close();
            flood.join();
        }
    }
}

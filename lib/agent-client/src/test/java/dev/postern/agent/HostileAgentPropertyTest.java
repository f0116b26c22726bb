// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.StartResult;
import dev.postern.api.error.PosternException;
import dev.postern.api.value.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever an agent says, and wherever it stops: nobody who waits for it waits for ever. */
class HostileAgentPropertyTest {
    /** A frame with right lengths for its type, but of any kind, stream and content. */
    @Provide
    Arbitrary<List<Bytes>> frames() {
        Arbitrary<FrameType> types =
                Arbitraries.of(FrameType.class).filter(type -> type != FrameType.HELLO);
        Arbitrary<Integer> flags = Arbitraries.frequency(Tuple.of(8, 0), Tuple.of(2, 1));
        Arbitrary<Integer> streams = Arbitraries.of(1, 2, 4);
        Arbitrary<Bytes> frame =
                types.flatMap(type ->
                        Combinators.combine(flags, streams, payload(type))
                                .as((flag, stream, payload) ->
                                        Bytes.of(
                                                FrameHeader.frame(
                                                        type,
                                                        Math.min(flag, type.maximumFlags),
                                                        type.onStream ? stream : 0,
                                                        payload.toArray()))));
        return frame.list().ofMaxSize(30);
    }

    private static Arbitrary<Bytes> payload(FrameType type) {
        return switch (type) {
            case OPEN_OK, EXIT, WINDOW ->
                    Arbitraries.longs()
                            .between(0, 70000)
                            .map(n -> Bytes.of(new PayloadWriter().uint32(n).bytes()));
            case OPEN_FAIL ->
                    Arbitraries.integers()
                            .between(0, 12)
                            .map(n ->
                                    Bytes.of(
                                            new PayloadWriter()
                                                    .uint32(n)
                                                    .uint32(0)
                                                    .text("no")
                                                    .bytes()));
            case EXIT_SIGNAL ->
                    Arbitraries.of("TERM", "", "A B")
                            .map(name ->
                                    Bytes.of(
                                            new PayloadWriter()
                                                    .text(name)
                                                    .bool(true)
                                                    .text("")
                                                    .bytes()));
            default ->
                    Arbitraries.bytes()
                            .array(byte[].class)
                            .ofMinSize(type.minimum)
                            .ofMaxSize(Math.min(type.maximum, Math.max(type.minimum, 200)))
                            .map(Bytes::of);
        };
    }

    @Property
    void nobodyWaitsForEver(@ForAll("frames") List<Bytes> frames) throws Exception {
        try (FakeAgent agent = new FakeAgent();
                AgentConnection connection = agent.connect()) {
            CompletableFuture<StartResult> started = new CompletableFuture<>();
            Thread.startVirtualThread(() -> start(connection, started));
            agent.next(FrameType.OPEN);
            Thread.startVirtualThread(agent::drain);
            frames.forEach(frame -> agent.raw(frame.toArray()));
            agent.hangUp();
            if (started.get(20, TimeUnit.SECONDS) instanceof StartResult.Started(var process)) {
                ExitStatus status = process.exit().get(20, TimeUnit.SECONDS);
                assertThat(status).isNotNull();
                Collector errors = new Collector(Integer.MAX_VALUE);
                process.stderr().pushTo(errors);
                errors.awaitEnd();
                // An end that the agent made itself is known; what the loss cut off is not passed
                // off as one.
                if (status instanceof ExitStatus.Exited(int code)) {
                    assertThat(code).isBetween(0, 255);
                }
            }
        }
    }

    private static void start(AgentConnection connection, CompletableFuture<StartResult> started) {
        try {
            started.complete(
                    connection.start(
                            new ProcessSpec(
                                    "1", new ProcessSpec.Shell(), Optional.empty(), Map.of())));
        } catch (InterruptedException e) {
            started.completeExceptionally(e);
        }
    }

    @Property
    void anyBytesAreNoHello(@ForAll byte[] bytes) {
        try (FakeAgent agent = new FakeAgent()) {
            agent.raw(bytes);
            agent.hangUp();
            assertThatThrownBy(() -> AgentConnection.open(agent.transport(), AgentOptions.DEFAULT))
                    .isInstanceOf(PosternException.class);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.backend.Loss;
import dev.postern.api.backend.Origin;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.value.Bytes;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The frames of one connection: who reads them, who writes them, and what they are checked against. */
final class AgentLink {
    private static final String SOFTWARE = "postern";
    private static final Duration FLUSH = Duration.ofSeconds(1);

    /** Frames without data: a burst, and a second's worth. */
    private static final long RATE = 20_000;

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Writers of transports that may hold a carrier; each thread goes after half a minute without work. */
    private static final ExecutorService PLATFORM_WRITERS =
            Executors.newCachedThreadPool(
                    Thread.ofPlatform().daemon().name("postern-agent-writer-", 0).factory());

    private final AgentTransport transport;
    private final AgentOptions options;
    private final FrameQueue queue;
    private final StreamTable table = new StreamTable();
    private final CompletableFuture<Hello> hello = new CompletableFuture<>();
    private final RateLimit rate = new RateLimit(RATE, RATE, System::nanoTime);

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Consumer<Loss>> lossListeners = new ArrayList<>();
    private @Nullable Loss ended;
    private boolean closed;
    private long lastOwnId;

    /** The greatest id the agent used; reader only. */
    private long lastAgentId = -1;

    AgentLink(AgentTransport transport, AgentOptions options) {
        this.transport = transport;
        this.options = options;
        Executor writers =
                transport.mayHoldCarrier() ? PLATFORM_WRITERS : Thread::startVirtualThread;
        this.queue =
                new FrameQueue(
                        transport.out(),
                        writers,
                        failure ->
                                fail(
                                        new Loss(
                                                RefusalCodes.BACKEND_LOST,
                                                "cannot write to the agent: "
                                                        + failure.getMessage())));
    }

    /** Exchanges HELLO. */
    Hello start() throws InterruptedException {
        byte[] nonce = new byte[16];
        RANDOM.nextBytes(nonce);
        Hello own =
                new Hello(
                        Hello.VERSION,
                        Hello.VERSION,
                        FrameHeader.MAX_FRAME,
                        options.window(),
                        options.incomingLimit(),
                        Bytes.of(nonce),
                        List.of(),
                        SOFTWARE);
        queue.control(FrameHeader.frame(FrameType.HELLO, 0, 0, own.encode()));
        Thread.Builder builder =
                transport.mayHoldCarrier() ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
        builder.name("postern-agent-reader").start(this::read);
        try {
            return hello.get(options.helloTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            Loss loss =
                    new Loss(
                            AgentCodes.NO_HELLO,
                            "the agent did not say hello within " + options.helloTimeout());
            close(loss);
            throw new PosternException(loss.code(), loss.message(), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PosternException cause) {
                throw cause;
            }
            throw new PosternException(
                    RefusalCodes.BACKEND_LOST, "the agent's hello could not be read", e);
        } catch (InterruptedException e) {
            close(new Loss(RefusalCodes.BACKEND_LOST, "nobody waits for the agent any more"));
            throw e;
        }
    }

    private void read() {
        try {
            FrameReader in = new FrameReader(transport.in());
            readHello(in);
            while (true) {
                readFrame(in);
                queue.awaitControlRoom();
            }
        } catch (ProtocolViolation e) {
            violated(e);
        } catch (WentAway e) {
            fail(e.loss);
        } catch (IOException e) {
            fail(
                    new Loss(
                            RefusalCodes.BACKEND_LOST,
                            "the way to the agent broke: " + e.getMessage()));
        } catch (InterruptedException e) {
            fail(new Loss(RefusalCodes.BACKEND_LOST, "the reader of the agent was interrupted"));
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            fail(new Loss(RefusalCodes.INTERNAL, "the reader of the agent failed: " + e));
        }
    }

    /** The agent broke the protocol: nothing it says is believed any more. */
    Loss violated(ProtocolViolation violation) {
        byte[] text = new PayloadWriter().uint32(1).text(GuestText.shown(violation.text())).bytes();
        queue.control(FrameHeader.frame(FrameType.GOAWAY, 0, 0, text));
        Loss loss =
                new Loss(
                        AgentCodes.PROTOCOL_VIOLATION,
                        "the agent broke the protocol: " + violation.text());
        fail(loss);
        return loss;
    }

    private void readHello(FrameReader in) throws IOException {
        FrameHeader header = in.header();
        if (header.type().orElse(null) != FrameType.HELLO) {
            throw new ProtocolViolation("the first frame is not HELLO");
        }
        Hello agent =
                Hello.decode(
                        new PayloadReader(
                                "HELLO", in.bytes(), in.payload(header.length()), header.length()));
        if (agent.minimumVersion() > Hello.VERSION || agent.maximumVersion() < Hello.VERSION) {
            queue.control(
                    FrameHeader.frame(
                            FrameType.GOAWAY,
                            0,
                            0,
                            new PayloadWriter().uint32(2).text("version 1 only").bytes()));
            throw new WentAway(
                    new Loss(
                            AgentCodes.VERSION,
                            "the agent speaks versions "
                                    + agent.minimumVersion()
                                    + " to "
                                    + agent.maximumVersion()
                                    + ", expected "
                                    + Hello.VERSION));
        }
        hello.complete(agent);
    }

    private void readFrame(FrameReader in) throws IOException {
        FrameHeader header = in.header();
        FrameType type = header.type().orElse(null);
        if (type != FrameType.DATA) {
            rate.take(type == null ? "a frame of unknown type" : type.name());
        }
        if (type == null) {
            in.skip(header.length());
            return;
        }
        switch (type) {
            case HELLO, PONG, OPEN, RESIZE, SIGNAL ->
                    throw new ProtocolViolation(type + " is not for an agent to send now");
            default -> dispatch(type, header, in.bytes(), in.payload(header.length()));
        }
    }

    private void dispatch(FrameType type, FrameHeader header, byte[] bytes, int at) {
        switch (type) {
            case PING -> {
                byte[] pong = FrameHeader.frame(FrameType.PONG, 0, 0, header.length());
                System.arraycopy(bytes, at, pong, FrameHeader.SIZE, header.length());
                queue.control(pong);
            }
            case GOAWAY ->
                    throw new WentAway(
                            decodeGoAway(new PayloadReader("GOAWAY", bytes, at, header.length())));
            case INCOMING ->
                    incoming(
                            header.stream(),
                            Incoming.decode(
                                    new PayloadReader("INCOMING", bytes, at, header.length())));
            default ->
                    table.find(header.stream())
                            .orElseThrow(() ->
                                    new ProtocolViolation(
                                            type
                                                    + " on stream "
                                                    + Integer.toUnsignedString(header.stream())
                                                    + ", which is not open"))
                            .handle(type, header.flags(), bytes, at, header.length());
        }
    }

    static Loss decodeGoAway(PayloadReader in) {
        long code = in.uint32("code");
        String text = GuestText.shown(in.text("text", 1024));
        in.end();
        return new Loss(
                AgentCodes.WENT_AWAY, "the agent went away with code " + code + ": '" + text + "'");
    }

    /** A connection through a listener. */
    record Incoming(int listener, Origin origin) {
        static Incoming decode(PayloadReader in) {
            int listener = (int) in.uint32("listener");
            String host = GuestText.shown(in.text("origin host", 255));
            int port = in.number("origin port", 0, 65535);
            in.end();
            return new Incoming(listener, new Origin(host, port));
        }
    }

    private void incoming(int id, Incoming message) {
        long number = Integer.toUnsignedLong(id);
        if (number % 2 == 0 || number <= lastAgentId) {
            throw new ProtocolViolation(
                    "INCOMING with stream id " + number + " after " + lastAgentId);
        }
        if (table.theirs() >= options.incomingLimit()) {
            throw new ProtocolViolation(
                    "more than " + options.incomingLimit() + " incoming connections");
        }
        lastAgentId = number;
        AgentStream from =
                table.find(message.listener())
                        .filter(AgentStream::listens)
                        .orElseThrow(() ->
                                new ProtocolViolation(
                                        "INCOMING for "
                                                + Integer.toUnsignedString(message.listener())
                                                + ", which is no open listener"));
        AgentStream stream =
                new AgentStream(
                        table,
                        queue,
                        id,
                        StreamKind.SOCKET,
                        options.window(),
                        agentHello().window());
        lock.lock();
        try {
            if (ended != null) {
                return;
            }
            stream.openNow();
            table.add(stream);
        } finally {
            lock.unlock();
        }
        from.incoming(stream, message.origin());
    }

    private Hello agentHello() {
        return hello.join();
    }

    /** Sends OPEN; empty if the connection or the agent's limits leave no room, with the reason as the answer. */
    AgentStream.Answer open(OpenRequest request, Consumer<AgentStream> prepare)
            throws InterruptedException {
        byte[] payload = request.encode();
        if (payload.length > agentHello().maximumFrame()) {
            return refusal(
                    OpenFailure.Reason.RESOURCE,
                    "the request takes "
                            + payload.length
                            + " bytes, at most "
                            + agentHello().maximumFrame()
                            + " are allowed");
        }
        AgentStream stream;
        lock.lock();
        try {
            if (ended != null) {
                return new AgentStream.Answer.Lost(ended);
            }
            if (table.ours() >= agentHello().maximumStreams() || lastOwnId >= 0xffff_fffcL) {
                return refusal(OpenFailure.Reason.RESOURCE, "the agent takes no more streams");
            }
            lastOwnId += 2;
            stream =
                    new AgentStream(
                            table,
                            queue,
                            (int) lastOwnId,
                            request.kind(),
                            options.window(),
                            agentHello().window());
            prepare.accept(stream);
            table.add(stream);
            queue.control(FrameHeader.frame(FrameType.OPEN, 0, stream.id, payload));
        } finally {
            lock.unlock();
        }
        return await(stream);
    }

    private static AgentStream.Answer refusal(OpenFailure.Reason reason, String message) {
        return new AgentStream.Answer.Refused(new OpenFailure(reason, message));
    }

    private AgentStream.Answer await(AgentStream stream) throws InterruptedException {
        try {
            return stream.answer.get(options.answerTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            stream.close(AgentStream.KILL);
            return new AgentStream.Answer.Lost(
                    new Loss(
                            AgentCodes.NO_ANSWER,
                            "the agent did not answer within " + options.answerTimeout()));
        } catch (InterruptedException e) {
            stream.close(AgentStream.KILL);
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer never completes exceptionally", e);
        }
    }

    /** The connection broke by itself. */
    private void fail(Loss loss) {
        end(loss, true);
    }

    /** The gateway ends it. */
    void close(Loss loss) {
        // First, so that an agent that hangs up on the GOAWAY is not taken for a loss.
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        queue.control(
                FrameHeader.frame(
                        FrameType.GOAWAY,
                        0,
                        0,
                        new PayloadWriter().uint32(0).text("the gateway is done").bytes()));
        end(loss, false);
    }

    private void end(Loss loss, boolean lost) {
        List<Consumer<Loss>> tell;
        lock.lock();
        try {
            if (ended != null) {
                return;
            }
            ended = loss;
            tell = lost && !closed ? List.copyOf(lossListeners) : List.of();
            lossListeners.clear();
        } finally {
            lock.unlock();
        }
        // What was queued, such as the reason or a CLOSE, still goes out; an agent that does not
        // read does not stop that.
        Thread.startVirtualThread(this::closeLater);
        queue.close(transport::close);
        hello.completeExceptionally(new PosternException(loss.code(), loss.message()));
        table.all().forEach(stream -> stream.lost(loss));
        tell.forEach(listener -> listener.accept(loss));
    }

    private void closeLater() {
        try {
            Thread.sleep(FLUSH);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        transport.close();
    }

    void onLost(Consumer<Loss> listener) {
        Optional<Loss> now;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            now = Optional.ofNullable(ended);
            if (now.isEmpty()) {
                lossListeners.add(listener);
            }
        } finally {
            lock.unlock();
        }
        now.ifPresent(listener);
    }

    @Override
    public String toString() {
        return "streams=" + table.ours() + ", incoming=" + table.theirs();
    }

    /** The agent ends the connection in a way that the protocol allows. */
    private static final class WentAway extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Loss loss;

        WentAway(Loss loss) {
            super(loss.message(), null, false, false);
            this.loss = loss;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.Loss;
import dev.postern.api.backend.Origin;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.value.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a connection: what may come on it, and what was sent.
 *
 * <p>Frames arrive on the reader alone. What both directions share is guarded by the queue's lock.
 */
final class AgentStream {
    static final int DETACH = 0;
    static final int HANG_UP = 1;
    static final int KILL = 2;

    private static final int NOT_CLOSED = -1;
    private static final int BROKEN = 1;

    final int id;
    final StreamKind kind;
    final InboundBytes main;
    final InboundBytes errors;
    final OutboundBytes out;

    /** The answer to OPEN: the payload of OPEN_OK, or a failure. */
    final CompletableFuture<Answer> answer = new CompletableFuture<>();

    final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final AtomicBoolean exitTold = new AtomicBoolean();

    private final StreamTable table;
    private final FrameQueue queue;
    private final int window;
    private final int[] ungranted = new int[2];

    private @Nullable Consumer<ListenSpec.Incoming> acceptor;
    private boolean open;
    private boolean mainEnded;
    private boolean errorsEnded;
    private boolean exitSeen;

    private int closeMode = NOT_CLOSED;
    private boolean over;

    /** What came of an OPEN. */
    sealed interface Answer {
        /** It stands. */
        record Opened(Bytes payload) implements Answer {}

        /** The agent refused. */
        record Refused(OpenFailure failure) implements Answer {}

        /** The connection was lost. */
        record Lost(Loss loss) implements Answer {}
    }

    AgentStream(
            StreamTable table, FrameQueue queue, int id, StreamKind kind, int window, int credit) {
        this.table = table;
        this.queue = queue;
        this.id = id;
        this.kind = kind;
        this.window = window;
        this.main =
                kind == StreamKind.LISTENER
                        ? InboundBytes.empty()
                        : new InboundBytes(window, count -> grant(0, count));
        this.errors =
                kind == StreamKind.PROCESS
                        ? new InboundBytes(window, count -> grant(1, count))
                        : InboundBytes.empty();
        this.out = new OutboundBytes(queue, id, credit);
        this.mainEnded = kind == StreamKind.LISTENER;
        this.errorsEnded = kind != StreamKind.PROCESS;
    }

    /** An INCOMING needs no answer. */
    void openNow() {
        open = true;
    }

    /** Who takes what a listener accepts; before OPEN is sent. */
    void onIncoming(Consumer<ListenSpec.Incoming> taker) {
        acceptor = taker;
    }

    /** Whether an INCOMING may name this stream. Reader only. */
    boolean listens() {
        return open && kind == StreamKind.LISTENER;
    }

    /**
     * Hands a connection over. One that nobody wants is closed, such as one that came in while this side closed the
     * listener.
     */
    void incoming(AgentStream stream, Origin origin) {
        Consumer<ListenSpec.Incoming> taker = acceptor;
        try {
            if (taker != null && !closedHere()) {
                taker.accept(new ListenSpec.Incoming(new AgentDuplex(stream), origin));
                return;
            }
        } catch (RuntimeException e) {
            stream.close(DETACH);
            return;
        }
        stream.close(DETACH);
    }

    /** Acts on a frame; the payload may change after this returns. Reader only. */
    void handle(FrameType type, int flags, byte[] bytes, int offset, int length) {
        PayloadReader in = new PayloadReader(type.name(), bytes, offset, length);
        switch (type) {
            case OPEN_OK -> opened(in, bytes, offset, length);
            case OPEN_FAIL -> refused(in);
            case CLOSE -> closed(flags);
            case DATA -> data(flags, bytes, offset, length);
            case EOF -> end(flags);
            case WINDOW -> window(flags, in);
            case EXIT -> {
                ExitStatus status = new ExitStatus.Exited(in.number("status", 0, 255));
                in.end();
                exited(status);
            }
            case EXIT_SIGNAL -> exited(decodeExitSignal(in));
            default -> throw new ProtocolViolation(type + " is not for an agent to send");
        }
    }

    private void opened(PayloadReader in, byte[] bytes, int offset, int length) {
        if (open || (answer.isDone() && !closedHere())) {
            throw new ProtocolViolation("OPEN_OK on stream " + id + ", which is open already");
        }
        open = true;
        if (kind.ends()) {
            in.number("process id", 1, Integer.MAX_VALUE);
            in.end();
        } else if (kind == StreamKind.SOCKET) {
            in.end();
        }
        answer.complete(new Answer.Opened(Bytes.of(bytes, offset, length)));
    }

    /** Whether this side has sent CLOSE. */
    private boolean closedHere() {
        queue.lock.lock();
        try {
            return closeMode != NOT_CLOSED;
        } finally {
            queue.lock.unlock();
        }
    }

    private void refused(PayloadReader in) {
        if (open) {
            throw new ProtocolViolation("OPEN_FAIL on stream " + id + ", which is open already");
        }
        OpenFailure failure = OpenFailure.decode(in);
        finish("the agent refused the stream");
        answer.complete(new Answer.Refused(failure));
    }

    private void needOpen(FrameType type) {
        if (!open) {
            throw new ProtocolViolation(
                    type + " on stream " + Integer.toUnsignedString(id) + " before it is open");
        }
    }

    private void data(int sub, byte[] bytes, int offset, int length) {
        InboundBytes to = inbound(FrameType.DATA, sub);
        to.charge(id, length);
        to.receive(bytes, offset, length);
    }

    private void end(int sub) {
        InboundBytes ended = inbound(FrameType.EOF, sub);
        if (sub == 0) {
            mainEnded = true;
        } else {
            errorsEnded = true;
        }
        ended.end();
    }

    private InboundBytes inbound(FrameType type, int sub) {
        needOpen(type);
        if (sub == 0 ? mainEnded : errorsEnded) {
            throw new ProtocolViolation(
                    type
                            + " for substream "
                            + sub
                            + " of stream "
                            + Integer.toUnsignedString(id)
                            + ", which has ended or does not exist");
        }
        return sub == 0 ? main : errors;
    }

    private void window(int sub, PayloadReader in) {
        needOpen(FrameType.WINDOW);
        long delta = in.uint32("delta");
        in.end();
        if (delta == 0 || sub != 0 || kind == StreamKind.LISTENER) {
            throw new ProtocolViolation(
                    "WINDOW of "
                            + delta
                            + " for substream "
                            + sub
                            + " of stream "
                            + Integer.toUnsignedString(id)
                            + " of kind "
                            + kind);
        }
        List<Runnable> actions = new ArrayList<>(1);
        queue.lock.lock();
        try {
            out.grant(delta, actions);
        } finally {
            queue.lock.unlock();
        }
        actions.forEach(Runnable::run);
    }

    static ExitStatus decodeExitSignal(PayloadReader in) {
        String name = in.text("signal", 60);
        boolean core = in.bool("core");
        in.text("text", 1024);
        in.end();
        if (!isSignalName(name)) {
            throw new ProtocolViolation("EXIT_SIGNAL with name '" + GuestText.shown(name) + "'");
        }
        return new ExitStatus.Signalled(name, core);
    }

    /** RFC 4254 section 6.10 and RFC 4250 section 4.6.1: printable, no spaces; local names have an "@". */
    private static boolean isSignalName(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ',');
    }

    private void exited(ExitStatus status) {
        needOpen(FrameType.EXIT);
        if (!kind.ends() || exitSeen) {
            throw new ProtocolViolation(
                    "an exit on stream "
                            + Integer.toUnsignedString(id)
                            + " of kind "
                            + kind
                            + (exitSeen ? ", which has one already" : ""));
        }
        if (!(mainEnded && errorsEnded) && !closedHere()) {
            throw new ProtocolViolation(
                    "an exit on stream "
                            + Integer.toUnsignedString(id)
                            + " before the end of its output");
        }
        exitSeen = true;
        finishExit(status);
    }

    private void closed(int flags) {
        if (flags > BROKEN) {
            throw new ProtocolViolation("CLOSE with mode " + flags + " from an agent");
        }
        boolean ours = closedHere();
        if (!open && !ours) {
            throw new ProtocolViolation(
                    "CLOSE on stream " + Integer.toUnsignedString(id) + " before it is open");
        }
        if (kind.ends() && !exitSeen && !ours) {
            throw new ProtocolViolation(
                    "CLOSE on stream " + Integer.toUnsignedString(id) + " without an exit");
        }
        String reason =
                flags == BROKEN
                        ? "the connection inside the sandbox broke"
                        : "the stream has ended";
        main.end(flags == BROKEN ? reason : null);
        finish(reason);
    }

    /** The agent is done with the stream: this side's CLOSE goes out if it did not yet, and the id is free. */
    private void finish(String reason) {
        List<Runnable> actions = new ArrayList<>(1);
        queue.lock.lock();
        try {
            over = true;
            if (closeMode == NOT_CLOSED) {
                closeMode = DETACH;
                queue.control(FrameHeader.frame(FrameType.CLOSE, DETACH, id, 0));
            }
            out.end(reason, actions);
        } finally {
            queue.lock.unlock();
        }
        table.remove(this);
        actions.forEach(Runnable::run);
        main.end();
        errors.end();
        finishExit(
                new ExitStatus.Lost(
                        RefusalCodes.BACKEND_LOST,
                        "the gateway let go of the process before it ended"));
    }

    /** On a thread of its own: what depends on the exit must not hold up the reader. */
    private void finishExit(ExitStatus status) {
        if (kind.ends() && exitTold.compareAndSet(false, true)) {
            var _ = exit.completeAsync(() -> status, Thread::startVirtualThread);
        }
    }

    /** Sends CLOSE, or again with a greater mode, until the agent's has come. Never blocks. */
    void close(int mode) {
        List<Runnable> actions = new ArrayList<>(1);
        queue.lock.lock();
        try {
            if (over || mode <= closeMode) {
                return;
            }
            closeMode = mode;
            byte[] close = FrameHeader.frame(FrameType.CLOSE, mode, id, 0);
            if (kind != StreamKind.SOCKET || !out.endWith(close)) {
                out.end("the stream is closed", actions);
                queue.control(close);
            }
        } finally {
            queue.lock.unlock();
        }
        actions.forEach(Runnable::run);
        main.drop();
        errors.drop();
    }

    /** Sends a control frame unless the stream has ended. */
    boolean control(FrameType type, byte[] payload) {
        queue.lock.lock();
        try {
            if (over || closeMode != NOT_CLOSED) {
                return false;
            }
            queue.control(FrameHeader.frame(type, 0, id, payload));
            return true;
        } finally {
            queue.lock.unlock();
        }
    }

    private void grant(int sub, int count) {
        queue.lock.lock();
        try {
            ungranted[sub] += count;
            if (over || closeMode != NOT_CLOSED || ungranted[sub] < window / 4) {
                return;
            }
            int delta = ungranted[sub];
            ungranted[sub] = 0;
            (sub == 0 ? main : errors).granted(delta);
            queue.control(
                    FrameHeader.frame(
                            FrameType.WINDOW, sub, id, new PayloadWriter().uint32(delta).bytes()));
        } finally {
            queue.lock.unlock();
        }
    }

    /** The connection is gone, or closed by the gateway. */
    void lost(Loss loss) {
        List<Runnable> actions = new ArrayList<>(1);
        queue.lock.lock();
        try {
            over = true;
            out.end(loss.message(), actions);
        } finally {
            queue.lock.unlock();
        }
        answer.complete(new Answer.Lost(loss));
        actions.forEach(Runnable::run);
        main.end(loss.message());
        errors.end(loss.message());
        finishExit(new ExitStatus.Lost(loss.code(), loss.message()));
    }
}

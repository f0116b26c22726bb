// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.backend.ByteSink;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Data from the client on its way to a sink. What the sink takes at once is never kept; the rest waits here, bounded by the
 * receive window, until the sink's non-blocking side wants more or a pump has written it. The pump exists only while bytes
 * wait.
 */
final class InputQueue {
    private static final Logger LOG = LoggerFactory.getLogger(InputQueue.class);

    private static final int PIECE = 32 << 10;
    private static final int SMALLEST_CHUNK = 512;

    private final IntConsumer consumed;
    private final Executor virtualPumps;
    private final Executor platformPumps;

    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    private @Nullable ByteSink sink;
    private boolean dropping;
    private boolean pumping;
    private boolean waiting;
    private boolean endOfFile;
    private boolean finished;
    private Runnable ended = () -> {};

    private static final class Chunk {
        final byte[] bytes;
        int start;
        int end;

        Chunk(int capacity) {
            bytes = new byte[capacity];
        }
    }

    /**
     * A queue without a sink.
     *
     * @param consumed told how many octets have left, by any thread, so that the window can be opened again
     */
    InputQueue(IntConsumer consumed, Executor virtualPumps, Executor platformPumps) {
        this.consumed = consumed;
        this.virtualPumps = virtualPumps;
        this.platformPumps = platformPumps;
    }

    /** Takes data; only the thread that decodes calls this. */
    void receive(byte[] bytes, int offset, int length) {
        int taken = 0;
        synchronized (this) {
            ByteSink to = sink;
            if (dropping || endOfFile) {
                taken = length;
            } else if (to == null) {
                keep(bytes, offset, length);
            } else if (to.nonBlocking()) {
                if (chunks.isEmpty()) {
                    taken = to.offer(bytes, offset, length);
                }
                if (taken < length) {
                    keep(bytes, offset + taken, length - taken);
                    await(to);
                }
            } else {
                keep(bytes, offset, length);
                startPump(to);
            }
        }
        report(taken);
    }

    /** The client sends no more. */
    void end() {
        synchronized (this) {
            endOfFile = true;
        }
        progress();
    }

    /** From now on everything goes there; {@code whenEnded} runs once after its end, or when it has gone. */
    void connect(ByteSink target, Runnable whenEnded) {
        synchronized (this) {
            if (sink != null) {
                throw new IllegalStateException("This channel's input is connected already");
            }
            sink = target;
            ended = whenEnded;
        }
        progress();
    }

    /** From now on everything is dropped. */
    void drop() {
        int count = 0;
        synchronized (this) {
            dropping = true;
            for (Chunk chunk : chunks) {
                count += chunk.end - chunk.start;
            }
            chunks.clear();
        }
        report(count);
    }

    /** Whether the sink keeps up. */
    synchronized boolean isEmpty() {
        return chunks.isEmpty();
    }

    private void progress() {
        ByteSink to;
        synchronized (this) {
            to = sink;
        }
        if (to == null) {
            return;
        }
        if (to.nonBlocking()) {
            drain(to);
        } else {
            synchronized (this) {
                startPump(to);
            }
        }
    }

    /** The tail takes small pieces, so that a stalled sink cannot be filled with one-octet arrays. */
    private void keep(byte[] bytes, int offset, int length) {
        int done = 0;
        Chunk tail = chunks.peekLast();
        if (tail != null) {
            done = Math.min(length, tail.bytes.length - tail.end);
            System.arraycopy(bytes, offset, tail.bytes, tail.end, done);
            tail.end += done;
        }
        if (done < length) {
            var chunk = new Chunk(Math.max(length - done, SMALLEST_CHUNK));
            System.arraycopy(bytes, offset + done, chunk.bytes, 0, length - done);
            chunk.end = length - done;
            chunks.add(chunk);
        }
    }

    private void await(ByteSink to) {
        if (!waiting) {
            waiting = true;
            to.whenWritable(() -> writable(to));
        }
    }

    private void writable(ByteSink to) {
        synchronized (this) {
            waiting = false;
        }
        drain(to);
    }

    private void drain(ByteSink to) {
        int count = 0;
        boolean finish = false;
        synchronized (this) {
            Chunk head = chunks.peek();
            while (head != null) {
                int taken = to.offer(head.bytes, head.start, head.end - head.start);
                count += taken;
                head.start += taken;
                if (head.start < head.end) {
                    await(to);
                    break;
                }
                chunks.remove();
                head = chunks.peek();
            }
            if (chunks.isEmpty() && endOfFile && !finished) {
                finished = true;
                finish = true;
            }
        }
        if (finish) {
            to.finish();
            ended.run();
        }
        report(count);
    }

    private void startPump(ByteSink to) {
        if (!pumping && !finished && (!chunks.isEmpty() || endOfFile)) {
            pumping = true;
            (to.mayHoldCarrier() ? platformPumps : virtualPumps).execute(() -> pump(to));
        }
    }

    private void pump(ByteSink to) {
        try {
            for (Chunk chunk = next(); chunk != null; chunk = next()) {
                for (int at = chunk.start; at < chunk.end; at += PIECE) {
                    int length = Math.min(PIECE, chunk.end - at);
                    to.stream().write(chunk.bytes, at, length);
                    report(length);
                }
                flushIfDry(to);
            }
        } catch (IOException e) {
            LOG.atTrace().setCause(e).log("The reader inside has gone");
            synchronized (this) {
                pumping = false;
                finished = true;
            }
            drop();
            ended.run();
        }
    }

    private void flushIfDry(ByteSink to) throws IOException {
        if (isEmpty()) {
            to.stream().flush();
        }
    }

    /** The next chunk for the pump; when there is none the pump is over, and so perhaps is the stream. */
    private @Nullable Chunk next() throws IOException {
        ByteSink end;
        synchronized (this) {
            Chunk head = chunks.poll();
            if (head != null) {
                return head;
            }
            pumping = false;
            if (!endOfFile || finished) {
                return null;
            }
            finished = true;
            end = sink;
        }
        if (end != null) {
            end.stream().close();
            ended.run();
        }
        return null;
    }

    private void report(int count) {
        if (count > 0) {
            consumed.accept(count);
        }
    }
}

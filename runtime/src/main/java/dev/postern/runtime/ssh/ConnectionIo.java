// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.future.DefaultCloseFuture;
import org.apache.sshd.common.future.SshFutureListener;
import org.apache.sshd.common.io.IoService;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The SSH engine's view of a transport: a queue of encrypted packets in front of a {@link Carrier}.
 *
 * <p>While the transport is corked packets only gather; they leave together, in one system call, when the last one uncorks
 * it, on that thread if nobody else is writing, so a keystroke's echo changes no thread. What waits is
 * counted: senders of channel data keep below {@link #BOUND}, and above it nothing more is read from the peer, so that a
 * peer that asks and does not listen cannot fill the heap either.
 */
final class ConnectionIo implements IoSession {
    /** Most octets that wait for the transport before senders must stop. */
    static final int BOUND = 1 << 20;

    private static final int LOW = BOUND / 2;

    private final long id;
    private final Carrier carrier;
    private final FlushBuffers buffers;
    private final Executor flusher;
    private final ConcurrentHashMap<Object, Object> attributes = new ConcurrentHashMap<>();
    private final DefaultCloseFuture closed = new DefaultCloseFuture("transport", null);
    private final AtomicBoolean closing = new AtomicBoolean();

    private final ArrayDeque<Packet> queue = new ArrayDeque<>();
    private int headWritten;
    private volatile int queued;
    private boolean readingPaused;
    private volatile boolean awaiting;

    private final AtomicInteger corks = new AtomicInteger();
    private final AtomicInteger flushes = new AtomicInteger();
    private final ConcurrentLinkedQueue<Runnable> waitingForRoom = new ConcurrentLinkedQueue<>();

    private static final class Packet {
        final byte[] bytes;
        final int offset;
        final int length;
        final WrittenFuture future;

        Packet(Buffer buffer, WrittenFuture future) {
            this.bytes = buffer.array();
            this.offset = buffer.rpos();
            this.length = buffer.available();
            this.future = future;
        }
    }

    ConnectionIo(long id, Carrier carrier, FlushBuffers buffers, Executor flusher) {
        this.id = id;
        this.carrier = carrier;
        this.buffers = buffers;
        this.flusher = flusher;
    }

    /** Octets that a sender of channel data may queue now. */
    int room() {
        return BOUND - queued;
    }

    /** Runs the action once when there is room again. */
    void whenRoom(Runnable once) {
        waitingForRoom.add(once);
        if (queued <= LOW) {
            wakeWaiting();
        }
    }

    void cork() {
        corks.incrementAndGet();
    }

    void uncork() {
        if (corks.decrementAndGet() == 0) {
            flush();
        }
    }

    @Override
    public IoWriteFuture writeBuffer(Buffer buffer) {
        WrittenFuture future = new WrittenFuture();
        boolean pause = false;
        synchronized (queue) {
            if (closing.get()) {
                future.failed(new EOFException("The connection is closed"));
                return future;
            }
            var packet = new Packet(buffer, future);
            queue.add(packet);
            queued += packet.length;
            if (queued > BOUND && !readingPaused) {
                readingPaused = true;
                pause = true;
            }
        }
        if (pause) {
            carrier.pauseReading();
        }
        if (corks.get() == 0) {
            // The engine holds locks of its own here, and those who wait for room must not run
            // under them
            flusher.execute(this::flush);
        }
        return future;
    }

    /** The transport takes more. */
    void writable() {
        awaiting = false;
        flush();
    }

    /** Writes what the transport takes. One thread at a time; a call meanwhile makes that thread go round once more. */
    private void flush() {
        if (awaiting || flushes.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                writeQueued();
            } catch (IOException e) {
                close(true);
            }
            seen = flushes.addAndGet(-seen);
        } while (seen != 0);
    }

    private void writeQueued() throws IOException {
        if (queued == 0) {
            return;
        }
        ByteBuffer buffer = buffers.take();
        try {
            List<Packet> done = new ArrayList<>();
            boolean more = !awaiting;
            if (!more) {
                return;
            }
            while (more) {
                buffer.clear();
                fill(buffer);
                buffer.flip();
                int wanted = buffer.remaining();
                if (wanted == 0) {
                    break;
                }
                carrier.write(buffer);
                more = !buffer.hasRemaining();
                advance(wanted - buffer.remaining(), done);
                done.forEach(packet -> packet.future.written());
                done.clear();
            }
            if (!more) {
                awaiting = true;
                carrier.awaitWritable();
            }
        } finally {
            buffers.give(buffer);
        }
        if (queued <= LOW) {
            wakeWaiting();
        }
    }

    private void fill(ByteBuffer buffer) {
        synchronized (queue) {
            int skip = headWritten;
            for (Packet packet : queue) {
                int count = Math.min(packet.length - skip, buffer.remaining());
                buffer.put(packet.bytes, packet.offset + skip, count);
                skip = 0;
                if (!buffer.hasRemaining()) {
                    return;
                }
            }
        }
    }

    private void advance(int written, List<Packet> done) {
        boolean resume = false;
        synchronized (queue) {
            if (closing.get()) {
                return;
            }
            queued -= written;
            int left = written;
            while (left > 0 && !queue.isEmpty()) {
                Packet head = queue.element();
                int rest = head.length - headWritten;
                if (left < rest) {
                    headWritten += left;
                    break;
                }
                left -= rest;
                headWritten = 0;
                done.add(queue.remove());
            }
            if (readingPaused && queued <= LOW) {
                readingPaused = false;
                resume = true;
            }
        }
        if (resume) {
            carrier.resumeReading();
        }
    }

    /** Everybody who waits now, once: who finds no room after all is at the end of the next round. */
    private void wakeWaiting() {
        for (int count = waitingForRoom.size(); count > 0; count--) {
            Runnable waiting = waitingForRoom.poll();
            if (waiting == null) {
                return;
            }
            waiting.run();
        }
    }

    /** Ends our half of the transport once everything queued is written; the caller sees to a deadline. */
    void finish() {
        carrier.finish();
    }

    @Override
    public CloseFuture close(boolean immediately) {
        if (closing.compareAndSet(false, true)) {
            List<Packet> lost;
            synchronized (queue) {
                lost = new ArrayList<>(queue);
                queue.clear();
                queued = 0;
            }
            carrier.close();
            closed.setClosed();
            EOFException cause = new EOFException("The connection is closed");
            lost.forEach(packet -> packet.future.failed(cause));
            wakeWaiting();
        }
        return closed;
    }

    @Override
    public boolean isClosed() {
        return closed.isClosed();
    }

    @Override
    public boolean isClosing() {
        return closing.get();
    }

    @Override
    public void addCloseFutureListener(SshFutureListener<CloseFuture> listener) {
        closed.addListener(listener);
    }

    @Override
    public void removeCloseFutureListener(SshFutureListener<CloseFuture> listener) {
        closed.removeListener(listener);
    }

    @Override
    public long getId() {
        return id;
    }

    @Override
    public @Nullable Object getAttribute(Object key) {
        return attributes.get(key);
    }

    @Override
    public @Nullable Object setAttribute(Object key, Object value) {
        return attributes.put(key, value);
    }

    @Override
    public @Nullable Object setAttributeIfAbsent(Object key, Object value) {
        return attributes.putIfAbsent(key, value);
    }

    @Override
    public @Nullable Object removeAttribute(Object key) {
        return attributes.remove(key);
    }

    @Override
    public @Nullable SocketAddress getRemoteAddress() {
        return carrier.remote().orElse(null);
    }

    @Override
    public @Nullable SocketAddress getLocalAddress() {
        return carrier.local().orElse(null);
    }

    @Override
    public @Nullable SocketAddress getAcceptanceAddress() {
        return getLocalAddress();
    }

    /** There is none; only things that we replace would ask. */
    @Override
    public @Nullable IoService getService() {
        return null;
    }

    @Override
    public void shutdownOutputStream() {
        carrier.finish();
    }

    @Override
    public void suspendRead() {
        carrier.pauseReading();
    }

    @Override
    public void resumeRead() {
        carrier.resumeReading();
    }

    @Override
    public String toString() {
        return "transport " + id;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one substream from the agent. At most the window is ever held, because the agent may send no more than what
 * was granted, and only what a consumer took is granted again.
 */
final class InboundBytes implements ByteSource {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ByteRing ring = new ByteRing();
    private final Blocking blocking = new Blocking();
    private final AtomicLong credit;
    private final IntConsumer taken;

    /** Calls for {@link #push} that nobody has answered yet; who raises it from 0 answers them all. */
    private final AtomicInteger pushes = new AtomicInteger();

    private volatile @Nullable ByteSink sink;
    private boolean eof;
    private boolean dropping;
    private boolean finished;
    private @Nullable String failure;

    /**
     * @param window the first credit
     * @param taken told how many bytes a consumer took
     */
    InboundBytes(int window, IntConsumer taken) {
        this.credit = new AtomicLong(window);
        this.taken = taken;
    }

    /** A source that is at its end from the start. */
    static InboundBytes empty() {
        InboundBytes none = new InboundBytes(0, count -> {});
        none.eof = true;
        return none;
    }

    /** Takes the length of a DATA frame from the agent's credit. Reader only. */
    void charge(int stream, int length) {
        long left = credit.addAndGet(-length);
        if (left < 0) {
            throw new ProtocolViolation(
                    "DATA of "
                            + length
                            + " bytes on stream "
                            + Integer.toUnsignedString(stream)
                            + ", which has credit for "
                            + (left + length));
        }
    }

    /** Notes that so much is about to be granted. */
    void granted(int delta) {
        credit.addAndGet(delta);
    }

    /** Takes the payload of a DATA frame, which is the caller's again when this returns. Reader only; never blocks. */
    void receive(byte[] bytes, int offset, int length) {
        ByteSink to = sink;
        int done = 0;
        boolean direct = to != null && pushes.compareAndSet(0, 1);
        if (direct && to != null && isEmpty()) {
            done = offer(to, bytes, offset, length);
        }
        if (done < length) {
            keep(bytes, offset + done, length - done);
        }
        if (direct) {
            push();
        } else if (to != null) {
            requestPush();
        }
    }

    private boolean isEmpty() {
        lock.lock();
        try {
            return ring.size() == 0 && !dropping;
        } finally {
            lock.unlock();
        }
    }

    private void keep(byte[] bytes, int offset, int length) {
        lock.lock();
        try {
            if (!dropping) {
                ring.add(bytes, offset, length);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The agent's EOF, or the orderly end of the stream. */
    void end() {
        end(null);
    }

    /** The end; what was received before can still be read, and then {@code reason} is thrown if there is one. */
    void end(@Nullable String reason) {
        lock.lock();
        try {
            if (eof) {
                return;
            }
            eof = true;
            failure = reason;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        requestPush();
    }

    /** Nobody wants the rest: what is held is dropped, and so is what comes. */
    void drop() {
        lock.lock();
        try {
            dropping = true;
            ring.clear();
            eof = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        requestPush();
    }

    @Override
    public InputStream stream() {
        return blocking;
    }

    @Override
    public boolean mayHoldCarrier() {
        return false;
    }

    @Override
    public boolean pushTo(ByteSink to) {
        if (!to.nonBlocking()) {
            return false;
        }
        lock.lock();
        try {
            if (sink != null) {
                throw new IllegalStateException("This source has a sink already");
            }
            sink = to;
        } finally {
            lock.unlock();
        }
        requestPush();
        return true;
    }

    private void requestPush() {
        if (sink != null && pushes.getAndIncrement() == 0) {
            push();
        }
    }

    /** Offers what is held; only one thread is in here at a time. */
    private void push() {
        int seen = pushes.get();
        do {
            ByteSink to = sink;
            if (to != null) {
                pushOnce(to);
            }
            seen = pushes.addAndGet(-seen);
        } while (seen != 0);
    }

    private void pushOnce(ByteSink to) {
        while (true) {
            byte[] array;
            int offset;
            int length;
            boolean finish;
            lock.lock();
            try {
                array = ring.array();
                offset = ring.offset();
                length = ring.segment();
                finish = length == 0 && eof && !finished;
                finished |= finish;
            } finally {
                lock.unlock();
            }
            if (finish) {
                finish(to);
            }
            if (length == 0) {
                return;
            }
            int count = offer(to, array, offset, length);
            skip(count);
            if (count < length) {
                to.whenWritable(this::requestPush);
                return;
            }
        }
    }

    private void skip(int count) {
        lock.lock();
        try {
            if (!dropping) {
                ring.skip(count);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A sink that throws has failed for good; what it would have got is dropped. */
    private int offer(ByteSink to, byte[] bytes, int offset, int length) {
        int count;
        try {
            count = to.offer(bytes, offset, length);
        } catch (RuntimeException e) {
            drop();
            return length;
        }
        if (count > 0) {
            taken.accept(count);
        }
        return count;
    }

    private static void finish(ByteSink to) {
        try {
            to.finish();
        } catch (RuntimeException e) {
            // It has failed; there is nothing more to give it.
            return;
        }
    }

    /** The blocking side. */
    private final class Blocking extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int count;
            lock.lock();
            try {
                while (ring.size() == 0 && !eof) {
                    changed.await();
                }
                if (ring.size() == 0) {
                    if (failure != null) {
                        throw new IOException(failure);
                    }
                    return -1;
                }
                count = Math.min(length, ring.segment());
                System.arraycopy(ring.array(), ring.offset(), bytes, offset, count);
                ring.skip(count);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException)
                        new InterruptedIOException("interrupted while reading").initCause(e);
            } finally {
                lock.unlock();
            }
            taken.accept(count);
            return count;
        }

        @Override
        public int available() {
            lock.lock();
            try {
                return ring.size();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            drop();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bytes for the client, in order. Takes over whole arrays, so that nothing is copied on the way to the channel; whoever
 * sends looks at {@link #full} before making more. No lock is held while a channel is called.
 */
final class Outbound implements ByteSource {
    /** A piece that is waiting; it is only changed by the thread that pushes. */
    private static final class Chunk {
        final byte[] bytes;
        int at;
        final int end;

        Chunk(byte[] bytes, int end) {
            this.bytes = bytes;
            this.end = end;
        }
    }

    private final int bound;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicInteger work = new AtomicInteger();
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    private final InputStream stream = new BlockingSide();
    private long pending;
    private @Nullable ByteSink sink;
    private @Nullable Runnable drained;
    private boolean finished;
    private boolean told;
    private boolean aborted;

    Outbound(int bound) {
        this.bound = bound;
    }

    @Override
    public InputStream stream() {
        return stream;
    }

    @Override
    public boolean mayHoldCarrier() {
        return false;
    }

    @Override
    public boolean pushTo(ByteSink target) {
        lock.lock();
        try {
            if (sink != null) {
                throw new IllegalStateException("The output is pushed already");
            }
            sink = target;
        } finally {
            lock.unlock();
        }
        push();
        return true;
    }

    /**
     * Sends the first octets of an array, which belongs to this object unless the answer is true.
     *
     * @return whether all of it is gone, so that the caller may use the array again
     */
    boolean send(byte[] bytes, int length) {
        Chunk chunk = new Chunk(bytes, length);
        lock.lock();
        try {
            if (aborted || finished) {
                return true;
            }
            chunks.add(chunk);
            pending += length;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        push();
        lock.lock();
        try {
            return chunk.at == chunk.end;
        } finally {
            lock.unlock();
        }
    }

    /** Whether enough is waiting. */
    boolean full() {
        lock.lock();
        try {
            return pending >= bound && !aborted;
        } finally {
            lock.unlock();
        }
    }

    /** Runs the action once, when {@link #full} is not true any more, at once if it is not now. */
    void whenDrained(Runnable once) {
        lock.lock();
        try {
            if (pending >= bound && !aborted) {
                drained = once;
                return;
            }
        } finally {
            lock.unlock();
        }
        once.run();
    }

    /** Waits until there is room. */
    void awaitDrained() throws InterruptedException {
        lock.lock();
        try {
            while (pending >= bound && !aborted) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** End of file after what was sent. */
    void finish() {
        lock.lock();
        try {
            finished = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        push();
    }

    /** End of file now; what waits is dropped. */
    void abort() {
        lock.lock();
        try {
            finished = true;
            aborted = true;
            chunks.clear();
            pending = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        push();
    }

    /** Only one thread at a time offers; others leave it the work. */
    private void push() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            offerAll();
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    private void offerAll() {
        while (true) {
            ByteSink target;
            Chunk chunk;
            Runnable action = null;
            boolean end = false;
            lock.lock();
            try {
                target = sink;
                chunk = chunks.peek();
                if (pending < bound) {
                    action = drained;
                    drained = null;
                }
                if (chunk == null && finished && target != null && !told) {
                    told = true;
                    end = true;
                }
            } finally {
                lock.unlock();
            }
            if (action != null) {
                action.run();
            }
            if (target == null || chunk == null) {
                if (end) {
                    Objects.requireNonNull(target).finish();
                }
                return;
            }
            int length = chunk.end - chunk.at;
            int taken = target.offer(chunk.bytes, chunk.at, length);
            taken(chunk, taken);
            if (taken < length) {
                target.whenWritable(this::push);
                return;
            }
        }
    }

    private void taken(Chunk chunk, int count) {
        lock.lock();
        try {
            chunk.at += count;
            if (!aborted) {
                pending -= count;
                if (chunk.at == chunk.end) {
                    chunks.remove();
                }
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The same, for a reader that waits. */
    private final class BlockingSide extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (length == 0) {
                return 0;
            }
            int count;
            lock.lock();
            try {
                while (chunks.isEmpty()) {
                    if (finished) {
                        return -1;
                    }
                    changed.await();
                }
                Chunk chunk = chunks.element();
                count = Math.min(length, chunk.end - chunk.at);
                System.arraycopy(chunk.bytes, chunk.at, bytes, offset, count);
                taken(chunk, count);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("Interrupted while waiting for the file server");
            } finally {
                lock.unlock();
            }
            push();
            return count;
        }

        @Override
        public int available() {
            lock.lock();
            try {
                return (int) Math.min(Integer.MAX_VALUE, pending);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            abort();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.ByteSink;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A bounded ring of bytes: offered by the channel without blocking, read by one thread that waits. */
final class InboundPipe implements ByteSink {
    private static final int SIZE = 128 << 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final byte[] ring = new byte[SIZE];
    private final OutputStream stream = new BlockingSide();
    private int start;
    private int count;
    private boolean ended;
    private boolean closed;
    private @Nullable Runnable writable;

    @Override
    public boolean nonBlocking() {
        return true;
    }

    @Override
    public boolean mayHoldCarrier() {
        return false;
    }

    @Override
    public OutputStream stream() {
        return stream;
    }

    @Override
    public int offer(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        lock.lock();
        try {
            if (ended || closed) {
                return length;
            }
            int taken = Math.min(length, SIZE - count);
            int at = (start + count) % SIZE;
            int first = Math.min(taken, SIZE - at);
            System.arraycopy(bytes, offset, ring, at, first);
            System.arraycopy(bytes, offset + first, ring, 0, taken - first);
            count += taken;
            changed.signalAll();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void whenWritable(Runnable once) {
        lock.lock();
        try {
            if (count == SIZE && !ended && !closed) {
                writable = once;
                return;
            }
            writable = null;
        } finally {
            lock.unlock();
        }
        once.run();
    }

    @Override
    public void finish() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Reads what is there, waiting for the first octet; -1 at end of file. */
    int read(byte[] bytes, int offset, int length) throws InterruptedException {
        int taken;
        Runnable action;
        lock.lock();
        try {
            while (count == 0 && !ended && !closed) {
                changed.await();
            }
            if (count == 0) {
                return -1;
            }
            taken = Math.min(length, count);
            int first = Math.min(taken, SIZE - start);
            System.arraycopy(ring, start, bytes, offset, first);
            System.arraycopy(ring, 0, bytes, offset + first, taken - first);
            start = (start + taken) % SIZE;
            count -= taken;
            action = writable;
            writable = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (action != null) {
            action.run();
        }
        return taken;
    }

    /** Drops everything, now and later, and wakes who waits. */
    void close() {
        Runnable action;
        lock.lock();
        try {
            closed = true;
            count = 0;
            action = writable;
            writable = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (action != null) {
            action.run();
        }
    }

    /** The same, for a writer that waits. */
    private final class BlockingSide extends OutputStream {
        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int done = 0;
            while (done < length) {
                done += offer(bytes, offset + done, length - done);
                awaitRoom();
            }
        }

        private void awaitRoom() throws IOException {
            lock.lock();
            try {
                while (count == SIZE && !ended && !closed) {
                    changed.await();
                }
                if (ended || closed) {
                    throw new IOException("The file server has ended");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("Interrupted while the file server was busy");
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            finish();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.api.backend.ByteSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bytes from one thread to another, at most a fixed number on the way. The buffer exists only while bytes wait. Waiting
 * does not hold the carrier of a virtual thread.
 */
final class BoundedPipe implements ByteSource {
    private static final int CAPACITY = 64 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private byte @Nullable [] buffer;
    private int start;
    private int count;
    private boolean ended;
    private boolean closed;
    private @Nullable String broken;
    private final InputStream stream = new Reader();

    @Override
    public InputStream stream() {
        return stream;
    }

    @Override
    public boolean mayHoldCarrier() {
        return false;
    }

    /** Waits until all bytes have found room; drops them once the reader has closed. */
    void write(byte[] bytes, int length) throws InterruptedException {
        int written = 0;
        lock.lockInterruptibly();
        try {
            while (written < length) {
                while (count == CAPACITY && !closed) {
                    changed.await();
                }
                if (closed) {
                    return;
                }
                byte[] ring = buffer == null ? new byte[CAPACITY] : buffer;
                buffer = ring;
                int at = (start + count) % CAPACITY;
                int chunk = Math.min(Math.min(length - written, CAPACITY - count), CAPACITY - at);
                System.arraycopy(bytes, written, ring, at, chunk);
                count += chunk;
                written += chunk;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** End of file after what was written; with a reason it is a failure instead. */
    void end(@Nullable String reason) {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                broken = reason;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private final class Reader extends InputStream {
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
            lock.lock();
            try {
                while (count == 0) {
                    if (closed) {
                        throw new IOException("The stream is closed");
                    }
                    if (ended) {
                        if (broken != null) {
                            throw new IOException(broken);
                        }
                        return -1;
                    }
                    changed.await();
                }
                return take(bytes, offset, length);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("Interrupted while waiting for bytes");
            } finally {
                lock.unlock();
            }
        }

        private int take(byte[] bytes, int offset, int length) {
            byte[] ring = java.util.Objects.requireNonNull(buffer);
            int chunk = Math.min(Math.min(length, count), CAPACITY - start);
            System.arraycopy(ring, start, bytes, offset, chunk);
            start = (start + chunk) % CAPACITY;
            count -= chunk;
            if (count == 0) {
                start = 0;
                buffer = null;
            }
            changed.signalAll();
            return chunk;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                closed = true;
                count = 0;
                buffer = null;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}

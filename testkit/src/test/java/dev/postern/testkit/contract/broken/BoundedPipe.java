// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract.broken;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Octets between two threads, at most so many; closing either end wakes the other. */
final class BoundedPipe {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final int bound;
    private byte[] buffer = new byte[1 << 16];
    private int start;
    private int length;
    private boolean writerClosed;
    private boolean readerClosed;
    private boolean touched;
    private final boolean spins;

    BoundedPipe(int bound, boolean spins) {
        this.bound = bound;
        this.spins = spins;
    }

    boolean touched() {
        return touched;
    }

    void discard() {
        lock.lock();
        try {
            length = 0;
        } finally {
            lock.unlock();
        }
    }

    final InputStream in =
            new InputStream() {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] bytes, int offset, int most) throws IOException {
                    touched = true;
                    lock.lock();
                    try {
                        while (length == 0 && !writerClosed && !readerClosed) {
                            await();
                        }
                        if (readerClosed) {
                            throw new IOException("closed");
                        }
                        if (length == 0) {
                            return -1;
                        }
                        int count = Math.min(Math.min(most, length), buffer.length - start);
                        System.arraycopy(buffer, start, bytes, offset, count);
                        start = (start + count) % buffer.length;
                        length -= count;
                        changed.signalAll();
                        return count;
                    } finally {
                        lock.unlock();
                    }
                }

                @Override
                public void close() {
                    lock.lock();
                    try {
                        readerClosed = true;
                        changed.signalAll();
                    } finally {
                        lock.unlock();
                    }
                }
            };

    final OutputStream out =
            new OutputStream() {
                @Override
                public void write(int octet) throws IOException {
                    write(new byte[] {(byte) octet}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int most) throws IOException {
                    lock.lock();
                    try {
                        for (int done = 0; done < most; ) {
                            while (length >= bound && !writerClosed && !readerClosed) {
                                await();
                            }
                            if (writerClosed || readerClosed) {
                                throw new IOException("closed");
                            }
                            if (length == buffer.length) {
                                grow();
                            }
                            int end = (start + length) % buffer.length;
                            int count =
                                    Math.min(
                                            Math.min(most - done, buffer.length - length),
                                            buffer.length - end);
                            System.arraycopy(bytes, offset + done, buffer, end, count);
                            length += count;
                            done += count;
                            changed.signalAll();
                        }
                    } finally {
                        lock.unlock();
                    }
                }

                @Override
                public void close() {
                    lock.lock();
                    try {
                        writerClosed = true;
                        changed.signalAll();
                    } finally {
                        lock.unlock();
                    }
                }
            };

    private void grow() {
        byte[] larger = new byte[2 * buffer.length];
        int first = buffer.length - start;
        System.arraycopy(buffer, start, larger, 0, first);
        System.arraycopy(buffer, 0, larger, first, start);
        buffer = larger;
        start = 0;
    }

    @SuppressWarnings("WaitNotInLoop")
    private void await() throws IOException {
        if (spins) {
            lock.unlock();
            Thread.onSpinWait();
            lock.lock();
            return;
        }
        changed.awaitUninterruptibly();
    }
}

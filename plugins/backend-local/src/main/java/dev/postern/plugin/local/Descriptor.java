// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A non-blocking descriptor that the event loop watches, with a half for reading and a half for writing. Every call on
 * it is made under its lock and only while it is open, so its number is never used after it was closed.
 */
final class Descriptor implements EventLoop.Handler {
    /** Nothing moves now; an event will come. */
    static final int AGAIN = -1;

    /** No byte will ever come out again, or the reader of what is written has gone. */
    static final int ENDED = -2;

    private final EventLoop loop;
    private final int fd;
    private final WriteEnd writeEnd;
    private final long token;
    private final MemorySegment errno = Posix.errno();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private volatile Runnable onReadable = Descriptor::nobodyWaits;
    private volatile Runnable onWritable = Descriptor::nobodyWaits;
    private volatile Runnable onClosed = Descriptor::nobodyWaits;
    // All of these under the lock.
    private boolean reading;
    private boolean writing;
    private boolean readReady = true;
    private boolean writeReady = true;

    /** How the reader on the other side learns that no more is written. */
    enum WriteEnd {
        /** It is closed. */
        CLOSE,
        /** It is shut down for writing; reading goes on. */
        SHUTDOWN,
        /** It cannot learn it: a terminal has one line for both ways. */
        NOTHING
    }

    private Descriptor(
            EventLoop loop, int fd, boolean reading, boolean writing, WriteEnd writeEnd) {
        this.loop = loop;
        this.fd = fd;
        this.reading = reading;
        this.writing = writing;
        this.writeEnd = writeEnd;
        int events =
                (reading ? EventLoop.IN | EventLoop.READ_HANG_UP : 0)
                        | (writing ? EventLoop.OUT : 0);
        token = loop.register(fd, events, this);
    }

    /** The read end of a pipe. From here on the number is ours. */
    static Descriptor readEnd(EventLoop loop, int fd) {
        return new Descriptor(loop, fd, true, false, WriteEnd.CLOSE);
    }

    /** The write end of a pipe. */
    static Descriptor writeEnd(EventLoop loop, int fd) {
        return new Descriptor(loop, fd, false, true, WriteEnd.CLOSE);
    }

    /** The master side of a PTY. */
    static Descriptor terminal(EventLoop loop, int fd) {
        return new Descriptor(loop, fd, true, true, WriteEnd.NOTHING);
    }

    /** A connected socket. */
    static Descriptor socket(EventLoop loop, int fd) {
        return new Descriptor(loop, fd, true, true, WriteEnd.SHUTDOWN);
    }

    EventLoop loop() {
        return loop;
    }

    /** What to run on the loop when reading may go on; set once, before it is needed. */
    void onReadable(Runnable action) {
        onReadable = action;
    }

    /** What to run on the loop when writing may go on. */
    void onWritable(Runnable action) {
        onWritable = action;
    }

    /** What to run, on any thread, once both halves are let go of. */
    void onClosed(Runnable action) {
        onClosed = action;
        if (closed()) {
            action.run();
        }
    }

    private boolean closed() {
        lock.lock();
        try {
            return !reading && !writing;
        } finally {
            lock.unlock();
        }
    }

    /** Reads without blocking: octets, {@link #AGAIN} or {@link #ENDED}. */
    int read(byte[] bytes, int offset, int length) {
        lock.lock();
        try {
            if (!reading) {
                return ENDED;
            }
            if (!readReady) {
                return AGAIN;
            }
            int count;
            do {
                count = Posix.read(fd, bytes, offset, length, errno);
            } while (count == -Errno.EINTR);
            if (count > 0) {
                return count;
            }
            if (count == Posix.AGAIN) {
                readReady = false;
                return AGAIN;
            }
            // End of file, a hung-up terminal (EIO) or a connection that was reset: the other side
            // has gone.
            endReading();
            return ENDED;
        } finally {
            lock.unlock();
        }
    }

    /** Writes without blocking: octets taken, which may be 0, or {@link #ENDED} if nobody reads any more. */
    int write(byte[] bytes, int offset, int length) {
        lock.lock();
        try {
            if (!writing) {
                return ENDED;
            }
            int taken = 0;
            // Up to EAGAIN, not only up to a short count: only then will an event tell that there
            // is room again.
            while (taken < length && writeReady) {
                int count = Posix.write(fd, bytes, offset + taken, length - taken, errno);
                if (count >= 0) {
                    taken += count;
                } else if (count == Posix.AGAIN) {
                    writeReady = false;
                } else if (count != -Errno.EINTR) {
                    endWriting();
                    return ENDED;
                }
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #read}, but waits; never {@link #AGAIN}. */
    int readWaiting(byte[] bytes, int offset, int length) throws InterruptedIOException {
        lock.lock();
        try {
            int count = read(bytes, offset, length);
            while (count == AGAIN) {
                await();
                count = read(bytes, offset, length);
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #write}, but waits until at least one octet was taken. */
    int writeWaiting(byte[] bytes, int offset, int length) throws InterruptedIOException {
        lock.lock();
        try {
            int count = write(bytes, offset, length);
            while (count == 0 && length > 0) {
                await();
                count = write(bytes, offset, length);
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a write would move something now, or never again. */
    boolean writable() {
        lock.lock();
        try {
            return writeReady || !writing;
        } finally {
            lock.unlock();
        }
    }

    /** Whether reading has ended. */
    boolean drained() {
        lock.lock();
        try {
            return !reading;
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of the read half. */
    void finishReading() {
        lock.lock();
        try {
            endReading();
        } finally {
            lock.unlock();
        }
        loop.execute(onReadable);
    }

    /** Tells the other side that no more is written. */
    void finishWriting() {
        lock.lock();
        try {
            endWriting();
        } finally {
            lock.unlock();
        }
        loop.execute(onWritable);
    }

    /** Lets go of both halves. */
    void close() {
        finishWriting();
        finishReading();
    }

    /** An {@code ioctl} while it is open; a negated error otherwise. */
    int control(long request, long argument) {
        lock.lock();
        try {
            return reading || writing ? Posix.IOCTL.call(fd, request, argument) : -Errno.EIO;
        } finally {
            lock.unlock();
        }
    }

    /** Asks for a larger pipe. */
    void grow(int bytes) {
        lock.lock();
        try {
            if (reading || writing) {
                Posix.growPipe(fd, bytes);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void ready(int events) {
        boolean gone = (events & (EventLoop.HANG_UP | EventLoop.ERROR)) != 0;
        boolean readable = gone || (events & (EventLoop.IN | EventLoop.READ_HANG_UP)) != 0;
        boolean writable = gone || (events & EventLoop.OUT) != 0;
        lock.lock();
        try {
            readReady |= readable;
            writeReady |= writable;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (readable) {
            onReadable.run();
        }
        if (writable) {
            onWritable.run();
        }
    }

    @Override
    public void abandoned() {
        lock.lock();
        try {
            endReading();
            endWriting();
        } finally {
            lock.unlock();
        }
    }

    private static void nobodyWaits() {}

    // The callers loop.
    @SuppressWarnings("WaitNotInLoop")
    private void await() throws InterruptedIOException {
        try {
            changed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while waiting for a process");
        }
    }

    private void endReading() {
        if (reading) {
            reading = false;
            released();
        }
    }

    private void endWriting() {
        if (writing) {
            writing = false;
            if (writeEnd == WriteEnd.SHUTDOWN && reading) {
                Posix.SHUTDOWN.call(fd, 1);
            }
            released();
        }
    }

    private void released() {
        if (!reading && !writing) {
            loop.unregister(fd, token);
            Posix.CLOSE.call(fd);
            onClosed.run();
        }
        changed.signalAll();
    }
}

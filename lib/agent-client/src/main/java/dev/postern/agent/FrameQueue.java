// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written: control frames first, then one frame of each ready stream in turn.
 *
 * <p>A thread writes only while there is something to write. Nothing here blocks but {@link #awaitControlRoom}. The lock
 * also guards the outgoing half of every stream.
 */
final class FrameQueue {
    private static final int BATCH = 64 * 1024;

    /** Frames from this size on are written as they are, not copied into the batch. */
    private static final int LARGE = 8 * 1024;

    /** Answers that the agent may leave unread before its own frames are no longer read. */
    private static final int CONTROL_LIMIT = 256 * 1024;

    final ReentrantLock lock = new ReentrantLock();
    private final Condition controlRoom = lock.newCondition();
    private final OutputStream out;
    private final Executor writers;
    private final Consumer<IOException> broken;
    private final ArrayDeque<byte[]> control = new ArrayDeque<>();
    private final ArrayDeque<OutboundBytes> ring = new ArrayDeque<>();
    private final byte[] batch = new byte[BATCH];
    private int controlBytes;
    private boolean writing;
    private boolean closed;
    private @Nullable Runnable flushed;

    FrameQueue(OutputStream out, Executor writers, Consumer<IOException> broken) {
        this.out = out;
        this.writers = writers;
        this.broken = broken;
    }

    /** Queues a whole frame in front of all data. */
    void control(byte[] frame) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            control.add(frame);
            controlBytes += frame.length;
            startWriting();
        } finally {
            lock.unlock();
        }
    }

    /** Puts a stream that has frames behind the others; the lock is held. */
    void ready(OutboundBytes stream) {
        if (!closed) {
            ring.add(stream);
            startWriting();
        }
    }

    /** Takes out a stream whose frames were dropped; the lock is held. */
    void notReady(OutboundBytes stream) {
        ring.remove(stream);
    }

    private void startWriting() {
        if (!writing) {
            writing = true;
            writers.execute(this::write);
        }
    }

    /** Waits while the agent leaves too many answers unread. */
    void awaitControlRoom() throws InterruptedException {
        lock.lock();
        try {
            while (controlBytes > CONTROL_LIMIT && !closed) {
                controlRoom.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing more; what is queued as control is still written, then {@code then} runs, on any thread. */
    void close(Runnable then) {
        boolean now;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            ring.clear();
            controlRoom.signalAll();
            now = !writing;
            if (!now) {
                flushed = then;
            }
        } finally {
            lock.unlock();
        }
        if (now) {
            then.run();
        }
    }

    private void write() {
        List<byte[]> frames = new ArrayList<>();
        List<Runnable> actions = new ArrayList<>();
        while (true) {
            Runnable last = null;
            lock.lock();
            try {
                take(frames, actions);
                if (frames.isEmpty()) {
                    writing = false;
                    last = flushed;
                    flushed = null;
                    if (last == null) {
                        return;
                    }
                }
            } finally {
                lock.unlock();
            }
            if (last != null) {
                last.run();
                return;
            }
            try {
                write(frames);
            } catch (IOException e) {
                end(e);
                return;
            }
            frames.clear();
            actions.forEach(Runnable::run);
            actions.clear();
        }
    }

    /** After a failed write {@code writing} stays set, so that no other thread ever starts. */
    private void end(IOException failure) {
        broken.accept(failure);
        Runnable last;
        lock.lock();
        try {
            closed = true;
            control.clear();
            controlBytes = 0;
            controlRoom.signalAll();
            last = flushed;
            flushed = null;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.run();
        }
    }

    private void take(List<byte[]> frames, List<Runnable> actions) {
        int size = 0;
        while (size < BATCH && !control.isEmpty()) {
            byte[] frame = control.remove();
            controlBytes -= frame.length;
            size += frame.length;
            frames.add(frame);
        }
        controlRoom.signalAll();
        while (size < BATCH && !ring.isEmpty()) {
            OutboundBytes stream = ring.remove();
            byte[] frame = stream.takeFrame(actions);
            size += frame.length;
            frames.add(frame);
            if (stream.hasFrames()) {
                ring.add(stream);
            }
        }
    }

    private void write(List<byte[]> frames) throws IOException {
        int filled = 0;
        for (byte[] frame : frames) {
            if (filled > 0 && (frame.length >= LARGE || frame.length > BATCH - filled)) {
                out.write(batch, 0, filled);
                filled = 0;
            }
            if (frame.length >= LARGE) {
                out.write(frame, 0, frame.length);
            } else {
                System.arraycopy(frame, 0, batch, filled, frame.length);
                filled += frame.length;
            }
        }
        if (filled > 0) {
            out.write(batch, 0, filled);
        }
        out.flush();
    }
}

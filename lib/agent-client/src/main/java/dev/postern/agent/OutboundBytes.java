// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.backend.ByteSink;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/** Bytes of one stream to the agent, as far as its credit goes. The queue's lock guards all of it. */
final class OutboundBytes implements ByteSink {
    /** Most bytes of a stream that wait for their turn to be written. */
    private static final int QUEUE_LIMIT = 2 * FrameHeader.MAX_DATA;

    private final FrameQueue queue;
    private final int stream;
    private final Condition changed;
    private final ArrayDeque<byte[]> frames = new ArrayDeque<>();
    private final Blocking blocking = new Blocking();
    private int queued;
    private long credit;
    private boolean finished;
    private boolean ended;
    private @Nullable String failure;
    private @Nullable Runnable whenWritable;

    /** The stream's CLOSE, while it waits behind data. */
    private byte @Nullable [] last;

    OutboundBytes(FrameQueue queue, int stream, int credit) {
        this.queue = queue;
        this.stream = stream;
        this.credit = credit;
        this.changed = queue.lock.newCondition();
    }

    @Override
    public OutputStream stream() {
        return blocking;
    }

    @Override
    public boolean mayHoldCarrier() {
        return false;
    }

    @Override
    public boolean nonBlocking() {
        return true;
    }

    @Override
    public int offer(byte[] bytes, int offset, int length) {
        queue.lock.lock();
        try {
            if (ended || finished) {
                return length;
            }
            int taken = 0;
            while (taken < length && room() > 0) {
                int part = Math.min(Math.min(room(), length - taken), FrameHeader.MAX_DATA);
                byte[] frame = FrameHeader.frame(FrameType.DATA, 0, stream, part);
                System.arraycopy(bytes, offset + taken, frame, FrameHeader.SIZE, part);
                add(frame);
                queued += part;
                credit -= part;
                taken += part;
            }
            return taken;
        } finally {
            queue.lock.unlock();
        }
    }

    private int room() {
        return (int) Math.min(credit, QUEUE_LIMIT - queued);
    }

    private void add(byte[] frame) {
        frames.add(frame);
        if (frames.size() == 1) {
            queue.ready(this);
        }
    }

    @Override
    public void whenWritable(Runnable once) {
        queue.lock.lock();
        try {
            if (!ended && !finished && room() <= 0) {
                whenWritable = once;
                return;
            }
        } finally {
            queue.lock.unlock();
        }
        once.run();
    }

    @Override
    public void finish() {
        queue.lock.lock();
        try {
            if (!ended && !finished) {
                add(FrameHeader.frame(FrameType.EOF, 0, stream, 0));
            }
            finished = true;
            changed.signalAll();
        } finally {
            queue.lock.unlock();
        }
    }

    /** The next frame to write; what waits for room is added to {@code actions}. The lock is held. */
    byte[] takeFrame(List<Runnable> actions) {
        byte[] frame = frames.remove();
        queued -= frame.length - FrameHeader.SIZE;
        if (frames.isEmpty()) {
            last = null;
        }
        if (room() > 0) {
            wake(actions);
        }
        return frame;
    }

    /** The lock is held. */
    boolean hasFrames() {
        return !frames.isEmpty();
    }

    private void wake(List<Runnable> actions) {
        changed.signalAll();
        if (whenWritable != null) {
            actions.add(whenWritable);
            whenWritable = null;
        }
    }

    /** The agent granted more. The lock is held. */
    void grant(long delta, List<Runnable> actions) {
        if (credit + delta > Integer.MAX_VALUE) {
            throw new ProtocolViolation(
                    "WINDOW of "
                            + delta
                            + " takes stream "
                            + stream
                            + " over "
                            + Integer.MAX_VALUE);
        }
        credit += delta;
        if (room() > 0) {
            wake(actions);
        }
    }

    /**
     * Puts a last frame behind what is still queued, if the stream was finished: what was written before its end
     * arrives, as under sshd. The lock is held.
     */
    boolean endWith(byte[] close) {
        if (!finished || ended || frames.isEmpty()) {
            return false;
        }
        ended = true;
        last = close;
        add(close);
        return true;
    }

    /** Nobody reads any more: what is queued is dropped, and so is what comes. The lock is held. */
    void end(String reason, List<Runnable> actions) {
        if (ended && frames.isEmpty()) {
            return;
        }
        ended = true;
        failure = reason;
        if (!frames.isEmpty()) {
            frames.clear();
            queue.notReady(this);
        }
        if (last != null) {
            queue.control(last);
            last = null;
        }
        wake(actions);
    }

    /** The blocking side. */
    private final class Blocking extends OutputStream {
        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int written = 0;
            queue.lock.lock();
            try {
                while (written < length) {
                    while (!ended && !finished && room() <= 0) {
                        changed.await();
                    }
                    if (ended || finished) {
                        throw new IOException(failure != null ? failure : "the stream is closed");
                    }
                    written += offer(bytes, offset + written, length - written);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException)
                        new InterruptedIOException("interrupted while writing").initCause(e);
            } finally {
                queue.lock.unlock();
            }
        }

        @Override
        public void close() {
            finish();
        }
    }
}

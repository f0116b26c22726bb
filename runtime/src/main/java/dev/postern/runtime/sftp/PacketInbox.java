// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.ByteSink;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes the client's bytes and cuts them into packets. Bounded: when enough requests wait it takes no more, and the
 * client's window stays closed. Each octet is copied once, into its packet.
 */
final class PacketInbox implements ByteSink {
    private final SftpLimits limits;
    private final Runnable arrived;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<byte[]> packets = new ArrayDeque<>();
    private final OutputStream stream = new BlockingSide();
    private int queuedBytes;
    private int lengthOctets;
    private int length;
    private byte @Nullable [] packet;
    private int filled;
    private @Nullable Runnable writable;
    private boolean ended;
    private boolean broken;
    private boolean closed;

    /**
     * An empty inbox.
     *
     * @param limits bounds
     * @param arrived run, without a lock, whenever there is news for {@link #poll}, {@link #ended} or {@link #broken}
     */
    PacketInbox(SftpLimits limits, Runnable arrived) {
        this.limits = limits;
        this.arrived = arrived;
    }

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
    public int offer(byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        boolean news = false;
        int taken;
        lock.lock();
        try {
            int before = packets.size();
            taken = take(bytes, offset, count);
            news = packets.size() > before || broken;
        } finally {
            lock.unlock();
        }
        if (news) {
            arrived.run();
        }
        return taken;
    }

    private int take(byte[] bytes, int offset, int count) {
        int taken = 0;
        while (taken < count) {
            if (ended || broken || closed) {
                return count;
            }
            byte[] target = packet;
            if (target != null) {
                int part = Math.min(count - taken, target.length - filled);
                System.arraycopy(bytes, offset + taken, target, filled, part);
                filled += part;
                taken += part;
                if (filled == target.length) {
                    packets.add(target);
                    queuedBytes += target.length;
                    packet = null;
                }
            } else if (!hasRoom()) {
                return taken;
            } else {
                length = length << 8 | (bytes[offset + taken] & 0xff);
                taken++;
                if (++lengthOctets == 4) {
                    startPacket();
                }
            }
        }
        return taken;
    }

    private void startPacket() {
        if (length < 1 || length > Sftp.MAX_PACKET) {
            broken = true;
        } else {
            packet = new byte[length];
            filled = 0;
        }
        length = 0;
        lengthOctets = 0;
    }

    private boolean hasRoom() {
        return packets.size() < limits.requests() && queuedBytes < limits.requestBytes();
    }

    private boolean takesBytes() {
        return ended || broken || closed || packet != null || hasRoom();
    }

    @Override
    public void whenWritable(Runnable once) {
        lock.lock();
        try {
            if (!takesBytes()) {
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
            room.signalAll();
        } finally {
            lock.unlock();
        }
        arrived.run();
    }

    /** The next packet in order, if there is one. */
    byte @Nullable [] poll() {
        byte[] next;
        Runnable action = null;
        lock.lock();
        try {
            next = packets.poll();
            if (next != null) {
                queuedBytes -= next.length;
                // Half empty, so that a busy client is not woken for every single packet.
                if (packets.size() <= limits.requests() / 2
                        && queuedBytes <= limits.requestBytes() / 2) {
                    action = writable;
                    writable = null;
                    room.signalAll();
                }
            }
        } finally {
            lock.unlock();
        }
        if (action != null) {
            action.run();
        }
        return next;
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return packets.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Whether no further packet will come. */
    boolean ended() {
        lock.lock();
        try {
            return (ended || broken) && packets.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a length field made no sense, or the stream ended inside a packet. */
    boolean broken() {
        lock.lock();
        try {
            return broken || (ended && (packet != null || lengthOctets > 0));
        } finally {
            lock.unlock();
        }
    }

    /** Drops everything, now and later. */
    void close() {
        Runnable action;
        lock.lock();
        try {
            closed = true;
            packets.clear();
            queuedBytes = 0;
            packet = null;
            action = writable;
            writable = null;
            room.signalAll();
        } finally {
            lock.unlock();
        }
        if (action != null) {
            action.run();
        }
    }

    private void awaitRoom() throws IOException {
        lock.lock();
        try {
            while (!takesBytes()) {
                room.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("Interrupted while the SFTP server was busy");
        } finally {
            lock.unlock();
        }
    }

    private boolean gone() {
        lock.lock();
        try {
            return ended || closed;
        } finally {
            lock.unlock();
        }
    }

    /** The same, for a writer that waits. */
    private final class BlockingSide extends OutputStream {
        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            int done = 0;
            while (done < count) {
                if (gone()) {
                    throw new IOException("The SFTP session has ended");
                }
                int taken = offer(bytes, offset + done, count - done);
                if (taken == 0) {
                    awaitRoom();
                }
                done += taken;
            }
        }

        @Override
        public void close() {
            finish();
        }
    }
}

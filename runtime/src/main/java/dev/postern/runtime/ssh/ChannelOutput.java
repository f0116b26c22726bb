// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.backend.ByteSink;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Data for the client on one channel, plain and extended. Takes no more than the client's window, {@link #BOUND} octets that
 * wait for the transport on this channel, and the connection's bound; while keys are exchanged it takes nothing.
 */
final class ChannelOutput {
    /** Most octets of one channel that wait for the transport, whatever window the client grants. */
    static final int BOUND = 256 << 10;

    /** As OpenSSH: longer packets gain nothing and delay others. */
    private static final int LONGEST = 32 << 10;

    private static final int PLAIN = 0;
    private static final int HEADER = 16;

    private final GatewaySession session;
    private final long recipient;
    private final int packet;
    private final IntConsumer moved;

    private long window;
    private int queued;
    private boolean closed;
    private boolean waking;
    private boolean asked;
    private final List<Face> waiting = new ArrayList<>(2);

    /**
     * Output of an open channel.
     *
     * @param moved told how much went out
     */
    ChannelOutput(
            GatewaySession session, long recipient, long window, long packet, IntConsumer moved) {
        this.session = session;
        this.recipient = recipient;
        this.window = window;
        this.packet = (int) Math.min(packet, LONGEST);
        this.moved = moved;
    }

    /** The sink of plain data. */
    ByteSink plain(Runnable finished) {
        return new Face(PLAIN, finished);
    }

    /** The sink of stderr. */
    ByteSink extended(Runnable finished) {
        return new Face(SshConstants.SSH_EXTENDED_DATA_STDERR, finished);
    }

    /** The client granted more; false if it granted more than there can be. */
    boolean adjust(long more) {
        synchronized (this) {
            window += more;
            if (window > 0xffff_ffffL) {
                return false;
            }
        }
        wake();
        return true;
    }

    /** Nothing goes out any more; what is offered is dropped. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        wake();
    }

    /** Whether something could be sent now. */
    synchronized boolean isWritable() {
        return closed || room(1) > 0;
    }

    /** Sends a text at once, past our own bounds but within the client's window. */
    void say(byte[] text) {
        session.io().cork();
        try {
            synchronized (this) {
                int length = (int) Math.min(Math.min(text.length, packet), window);
                if (!closed && length > 0) {
                    send(SshConstants.SSH_EXTENDED_DATA_STDERR, text, 0, length);
                }
            }
        } finally {
            session.io().uncork();
        }
    }

    private int offer(int type, byte[] bytes, int offset, int length) {
        int taken = 0;
        session.io().cork();
        try {
            synchronized (this) {
                if (closed) {
                    return length;
                }
                for (int room = room(length); room > 0; room = room(length - taken)) {
                    send(type, bytes, offset + taken, room);
                    taken += room;
                }
            }
        } finally {
            session.io().uncork();
        }
        if (taken > 0) {
            moved.accept(taken);
        }
        return taken;
    }

    /** May go one packet beyond a bound, so that no bound cuts packets to crumbs. */
    private int room(int wanted) {
        if (queued >= BOUND || session.exchangingKeys() || session.io().room() <= 0) {
            return 0;
        }
        return (int) Math.min(Math.min(wanted, packet), window);
    }

    private void send(int type, byte[] bytes, int offset, int length) {
        byte command =
                type == PLAIN
                        ? SshConstants.SSH_MSG_CHANNEL_DATA
                        : SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA;
        Buffer buffer = session.createBuffer(command, length + HEADER);
        buffer.putUInt(recipient);
        if (type != PLAIN) {
            buffer.putUInt(type);
        }
        buffer.putBytes(bytes, offset, length);
        window -= length;
        queued += length;
        session.send(buffer, () -> written(length));
    }

    private void written(int length) {
        synchronized (this) {
            queued -= length;
        }
        wake();
    }

    /** Runs those who wait, if something could be sent; else sees to it that we are asked again. */
    private void wake() {
        while (true) {
            List<Runnable> ready = new ArrayList<>(2);
            Wait wait = Wait.NONE;
            synchronized (this) {
                if (waiting.isEmpty() || waking) {
                    return;
                }
                if (closed || (queued <= BOUND / 2 && room(1) > 0)) {
                    waking = true;
                    waiting.forEach(face -> ready.add(face.takeAction()));
                    waiting.clear();
                } else if (!asked && window > 0 && queued <= BOUND / 2) {
                    // Window and our own bound call us anyway; keys and the connection's bound have
                    // to be asked to
                    asked = true;
                    wait = session.exchangingKeys() ? Wait.KEYS : Wait.CONNECTION;
                }
            }
            if (ready.isEmpty()) {
                ask(wait);
                return;
            }
            ready.forEach(Runnable::run);
            synchronized (this) {
                waking = false;
            }
        }
    }

    private enum Wait {
        NONE,
        KEYS,
        CONNECTION
    }

    private void ask(Wait wait) {
        switch (wait) {
            case NONE -> {}
            case KEYS -> session.afterKeyExchange(this::askedForUs);
            case CONNECTION -> session.io().whenRoom(this::askedForUs);
        }
    }

    private void askedForUs() {
        synchronized (this) {
            asked = false;
        }
        wake();
    }

    private final class Face implements ByteSink {
        private final int type;
        private final Runnable finished;
        private boolean over;
        private Runnable action = () -> {};

        Face(int type, Runnable finished) {
            this.type = type;
            this.finished = finished;
        }

        @Override
        public OutputStream stream() {
            throw new UnsupportedOperationException("A channel has the non-blocking side only");
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
            return ChannelOutput.this.offer(type, bytes, offset, length);
        }

        @Override
        public void whenWritable(Runnable once) {
            synchronized (ChannelOutput.this) {
                action = once;
                if (!waiting.contains(this)) {
                    waiting.add(this);
                }
            }
            wake();
        }

        private Runnable takeAction() {
            return action;
        }

        @Override
        public void finish() {
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
            }
            finished.run();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a connection over a TCP socket.
 *
 * <p>Until the connection has authenticated each burst of bytes is read and handled on a virtual thread of its own, and the
 * I/O thread does not look at the socket meanwhile; afterwards the I/O thread reads into the buffer that it shares.
 */
final class TcpCarrier implements Carrier {
    private static final Logger LOG = LoggerFactory.getLogger(TcpCarrier.class);

    private static final int SET_UP_BUFFER = 8 << 10;

    /** The engine moves what remains behind a packet, so it gets little more than one packet at a time. */
    private static final int SLICE = 36 << 10;

    /** Reads after which a connection's set-up is over and acknowledgements may be delayed again. */
    private static final int SET_UP_READS = 24;

    private static final boolean QUICKACK = quickAckSupported();

    private final SocketChannel channel;
    private final IoThread thread;
    private final Optional<InetSocketAddress> local;
    private final Optional<InetSocketAddress> remote;

    private @Nullable SelectionKey key;
    private @Nullable Inbound inbound;
    private @Nullable ConnectionIo io;
    private volatile @Nullable Thread reader;
    private boolean cycling;
    private boolean paused;
    private boolean ended;
    private boolean wantsWrite;
    private int reads;

    TcpCarrier(SocketChannel channel, IoThread thread) throws IOException {
        this.channel = channel;
        this.thread = thread;
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        local = Optional.ofNullable((InetSocketAddress) channel.getLocalAddress());
        remote = Optional.ofNullable((InetSocketAddress) channel.getRemoteAddress());
        quickAck();
    }

    /** Begins to read. */
    void start(Inbound in, ConnectionIo out) {
        inbound = in;
        io = out;
        thread.execute(this::register);
    }

    /** The thread on which a burst is being handled that may block; interrupting it ends the waiting. */
    Optional<Thread> reader() {
        return Optional.ofNullable(reader);
    }

    private synchronized void register() {
        try {
            key = channel.register(thread.selector(), 0, this);
            updateInterest();
        } catch (ClosedChannelException e) {
            LOG.atTrace().setCause(e).log("Socket closed before it was read");
        }
    }

    /** On the I/O thread. */
    void ready(SelectionKey selected) {
        int ops = selected.readyOps();
        if ((ops & SelectionKey.OP_WRITE) != 0) {
            synchronized (this) {
                wantsWrite = false;
                updateInterest();
            }
            if (io != null) {
                io.writable();
            }
        }
        if ((ops & SelectionKey.OP_READ) != 0 && inbound != null) {
            if (inbound.mayBlock()) {
                startCycle(inbound);
            } else {
                read(inbound, thread.readBuffer());
            }
        }
    }

    private void startCycle(Inbound in) {
        synchronized (this) {
            cycling = true;
            updateInterest();
        }
        Thread.ofVirtual().name("postern-login").start(() -> cycle(in));
    }

    private void cycle(Inbound in) {
        reader = Thread.currentThread();
        try {
            ByteBuffer buffer = ByteBuffer.allocate(SET_UP_BUFFER);
            boolean more = true;
            while (more && in.mayBlock()) {
                more = read(in, buffer);
            }
        } finally {
            reader = null;
            synchronized (this) {
                cycling = false;
                updateInterest();
            }
        }
    }

    /** One read; whether there may be more. */
    private boolean read(Inbound in, ByteBuffer buffer) {
        buffer.clear();
        int count;
        try {
            count = channel.read(buffer);
            if (count > 0 && reads < SET_UP_READS) {
                reads++;
                quickAck();
            }
        } catch (IOException e) {
            end(in, Optional.of(e));
            return false;
        }
        if (count < 0) {
            end(in, Optional.empty());
            return false;
        }
        buffer.flip();
        int limit = buffer.limit();
        while (buffer.position() < limit) {
            buffer.limit(Math.min(limit, buffer.position() + SLICE));
            in.received(buffer);
            buffer.limit(limit);
        }
        return count > 0;
    }

    private void end(Inbound in, Optional<IOException> cause) {
        synchronized (this) {
            ended = true;
            updateInterest();
        }
        in.ended(cause);
    }

    /** Holds our lock. */
    private void updateInterest() {
        SelectionKey ours = key;
        if (ours != null && ours.isValid()) {
            boolean reading = !cycling && !paused && !ended;
            ours.interestOps(
                    (reading ? SelectionKey.OP_READ : 0)
                            | (wantsWrite ? SelectionKey.OP_WRITE : 0));
            thread.wakeup();
        }
    }

    @Override
    public Optional<InetSocketAddress> local() {
        return local;
    }

    @Override
    public Optional<InetSocketAddress> remote() {
        return remote;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        channel.write(bytes);
    }

    @Override
    public synchronized void awaitWritable() {
        wantsWrite = true;
        updateInterest();
    }

    @Override
    public synchronized void pauseReading() {
        paused = true;
        updateInterest();
    }

    @Override
    public synchronized void resumeReading() {
        paused = false;
        updateInterest();
    }

    @Override
    public void finish() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            LOG.atTrace().setCause(e).log("Socket closed already");
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("Closing a socket failed");
        }
        // The descriptor is freed when the selector has noticed
        thread.wakeup();
    }

    /** The client's Nagle algorithm waits for our acknowledgement, which the kernel would delay for 40 ms. */
    private void quickAck() throws IOException {
        if (QUICKACK) {
            channel.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
        }
    }

    private static boolean quickAckSupported() {
        try (SocketChannel probe = SocketChannel.open()) {
            return probe.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK);
        } catch (IOException e) {
            return false;
        }
    }
}

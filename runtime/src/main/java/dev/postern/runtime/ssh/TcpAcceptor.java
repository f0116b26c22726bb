// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts on one address, on a thread of its own. */
final class TcpAcceptor implements TcpListener {
    private static final Logger LOG = LoggerFactory.getLogger(TcpAcceptor.class);

    /** After a failure such as "too many open files", which will not be over at once. */
    private static final Duration BREATH = Duration.ofMillis(100);

    private final ServerSocketChannel server;
    private final InetSocketAddress address;
    private final String name;
    private final Taker taker;

    /** Takes a connection that came in. */
    interface Taker {
        void take(SocketChannel socket) throws IOException;
    }

    TcpAcceptor(ServerSocketChannel server, String name, Taker taker) throws IOException {
        this.server = server;
        this.name = name;
        this.taker = taker;
        address = (InetSocketAddress) server.getLocalAddress();
        Thread.ofPlatform().daemon().name("postern-accept-" + name).start(this::run);
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    private void run() {
        while (server.isOpen()) {
            try {
                take(server.accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.atError().addKeyValue("listener", name).setCause(e).log("Accepting failed");
                breathe();
            }
        }
    }

    private void take(SocketChannel socket) throws IOException {
        try {
            taker.take(socket);
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().addKeyValue("listener", name).setCause(e).log("A connection was dropped");
            socket.close();
        }
    }

    private static void breathe() {
        try {
            Thread.sleep(BREATH);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("listener", name).setCause(e).log("Closing failed");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.Destination;
import dev.postern.api.backend.Origin;
import dev.postern.api.backend.SandboxListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Listening sockets that the event loop watches: one, or the two of {@code localhost}. */
final class SocketListener implements SandboxListener {
    private static final Duration SCARCE = Duration.ofMillis(100);

    private final EventLoop loop;
    private final Destination bound;
    private final BiConsumer<Integer, Origin> accepted;
    private final Consumer<SocketListener> whenClosed;
    private final List<Watched> sockets = new ArrayList<>();
    private boolean closed;

    private record Watched(int fd, long token) {}

    /**
     * Listens on sockets that are bound; they are this object's from here on.
     *
     * @param accepted gets each connection, on the loop's thread
     * @param whenClosed removes what belongs to it, such as a socket file
     */
    SocketListener(
            EventLoop loop,
            Destination bound,
            List<Integer> fds,
            BiConsumer<Integer, Origin> accepted,
            Consumer<SocketListener> whenClosed) {
        this.loop = loop;
        this.bound = bound;
        this.accepted = accepted;
        this.whenClosed = whenClosed;
        synchronized (this) {
            for (int fd : fds) {
                sockets.add(
                        new Watched(fd, loop.register(fd, EventLoop.IN, events -> acceptAll(fd))));
            }
        }
    }

    @Override
    public Destination bound() {
        return bound;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            for (Watched socket : sockets) {
                loop.unregister(socket.fd, socket.token);
                Posix.CLOSE.call(socket.fd);
            }
        }
        whenClosed.accept(this);
    }

    private void acceptAll(int fd) {
        while (true) {
            SocketCalls.Accepted next;
            synchronized (this) {
                if (closed) {
                    return;
                }
                next = SocketCalls.accept(fd);
            }
            if (next.fd() >= 0) {
                accepted.accept(next.fd(), next.origin());
            } else if (next.fd() == -Errno.EMFILE
                    || next.fd() == -Errno.ENFILE
                    || next.fd() == -Errno.ENOMEM) {
                // No event will tell when there are descriptors again.
                loop.schedule(SCARCE, () -> acceptAll(fd));
                return;
            } else if (next.fd() == Posix.AGAIN) {
                return;
            }
            // Anything else is the error of one connection that is gone already.
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.error.PosternException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes connections without holding a thread in the kernel while they come about. */
final class Dialler {
    /** Not an error of the kernel's: the name is not known. */
    static final int UNKNOWN_HOST = -1000;

    private final Duration timeout;

    Dialler(Duration timeout) {
        this.timeout = timeout;
    }

    /** A connected socket, or a negated error. */
    record Outcome(int fd) {}

    /** Tries each address of a name in turn. The strongest answer counts: a refusal says more than silence. */
    Outcome tcp(EventLoop loop, String host, int port) throws InterruptedException {
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            return new Outcome(UNKNOWN_HOST);
        }
        long end = System.nanoTime() + timeout.toNanos();
        int error = -Errno.EHOSTUNREACH;
        for (InetAddress address : addresses) {
            int result = connect(loop, SocketCalls.Address.of(address, port), end);
            if (result >= 0) {
                return new Outcome(result);
            }
            if (error != -Errno.ECONNREFUSED) {
                error = result;
            }
        }
        return new Outcome(error);
    }

    /** A socket of this host. */
    Outcome unix(EventLoop loop, String path) throws InterruptedException {
        if (path.getBytes(StandardCharsets.UTF_8).length > SocketCalls.MOST_PATH
                || path.indexOf('\0') >= 0) {
            return new Outcome(-Errno.ENAMETOOLONG);
        }
        return new Outcome(
                connect(loop, SocketCalls.Address.of(path), System.nanoTime() + timeout.toNanos()));
    }

    private static int connect(EventLoop loop, SocketCalls.Address address, long end)
            throws InterruptedException {
        int fd = SocketCalls.open(address.family());
        if (fd < 0) {
            return fd;
        }
        boolean done = false;
        try {
            int result = SocketCalls.connect(fd, address);
            if (result == -Errno.EINPROGRESS) {
                result = await(loop, fd, end);
            }
            done = result == 0;
            return done ? fd : result;
        } finally {
            if (!done) {
                Posix.CLOSE.call(fd);
            }
        }
    }

    private static int await(EventLoop loop, int fd, long end) throws InterruptedException {
        CompletableFuture<Integer> outcome = new CompletableFuture<>();
        long token;
        try {
            token = loop.register(fd, EventLoop.OUT, events -> outcome.complete(events));
        } catch (PosternException e) {
            return -Errno.ENOMEM;
        }
        try {
            outcome.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            return SocketCalls.connected(fd);
        } catch (TimeoutException e) {
            return -Errno.ETIMEDOUT;
        } catch (ExecutionException e) {
            throw new IllegalStateException("An event cannot fail", e);
        } finally {
            loop.unregister(fd, token);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.Destination;
import dev.postern.api.backend.DialResult;
import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.Origin;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Connections of one client from and to this host: there is no other network here. Where processes run as another user,
 * the gateway's rights must not reach further than theirs, so there are no Unix sockets and no privileged ports.
 */
final class Forwards implements AutoCloseable {
    private static final int FIRST_DISPLAY = 6010;
    private static final int LAST_DISPLAY = 6999;

    private final Children children;
    private final Path folder;
    private final Dialler dialler;
    private final boolean otherUser;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Forwards(Children children, Path folder, Duration timeout, boolean otherUser) {
        this.children = children;
        this.folder = folder;
        this.dialler = new Dialler(timeout);
        this.otherUser = otherUser;
    }

    Set<Capability> capabilities() {
        return otherUser
                ? EnumSet.of(Capability.DIAL_TCP, Capability.LISTEN_TCP)
                : EnumSet.of(
                        Capability.DIAL_TCP,
                        Capability.DIAL_UNIX,
                        Capability.LISTEN_TCP,
                        Capability.LISTEN_UNIX);
    }

    DialResult dial(Destination destination) throws InterruptedException {
        EventLoop loop = children.nextLoop();
        Dialler.Outcome outcome =
                switch (destination) {
                    case Destination.Tcp(String host, int port) -> dialler.tcp(loop, host, port);
                    case Destination.Unix(String path) -> {
                        if (otherUser) {
                            yield new Dialler.Outcome(-Errno.EACCES);
                        }
                        yield dialler.unix(loop, absolute(path));
                    }
                };
        int fd = outcome.fd();
        if (fd >= 0) {
            return new DialResult.Connected(stream(loop, fd));
        }
        String message =
                "'"
                        + destination
                        + "': "
                        + (fd == Dialler.UNKNOWN_HOST ? "name is not known" : Errno.text(-fd));
        return switch (-fd) {
            case Errno.ECONNREFUSED, Errno.ECONNRESET -> new DialResult.Refused(message);
            case Errno.EACCES, Errno.EPERM -> new DialResult.NotPermitted(message);
            case Errno.ENFILE, Errno.EMFILE, Errno.ENOMEM ->
                    new DialResult.Failed(RefusalCodes.FORWARD_CONNECT_FAILED, message);
            default -> new DialResult.Unreachable(message);
        };
    }

    ListenResult listen(ListenSpec spec) {
        return switch (spec.kind()) {
            case ListenSpec.Tcp(String host, int port) -> tcp(host, port, spec.acceptor());
            case ListenSpec.Unix(String path) -> {
                if (otherUser) {
                    yield new ListenResult.NotPermitted(
                            "Processes run as another user than the gateway");
                }
                yield unix(absolute(path), new Destination.Unix(path), spec.acceptor(), () -> {});
            }
            case ListenSpec.PrivateSocket() -> {
                if (otherUser) {
                    yield new ListenResult.NotPermitted(
                            "Processes run as another user than the gateway");
                }
                yield privateSocket(spec.acceptor());
            }
            case ListenSpec.X11Display() -> display(spec.acceptor());
        };
    }

    @Override
    public void close() {
        closed = true;
        for (AutoCloseable each : open) {
            closeQuietly(each);
        }
    }

    private static void closeQuietly(AutoCloseable each) {
        switch (each) {
            case SocketListener listener -> listener.close();
            case SocketStream stream -> stream.close();
            default -> throw new IllegalStateException("Neither a listener nor a stream: " + each);
        }
    }

    private SocketStream stream(EventLoop loop, int fd) {
        Descriptor descriptor;
        try {
            descriptor = Descriptor.socket(loop, fd);
        } catch (PosternException e) {
            Posix.CLOSE.call(fd);
            throw e;
        }
        SocketStream stream = new SocketStream(descriptor);
        open.add(stream);
        descriptor.onClosed(() -> open.remove(stream));
        if (closed) {
            stream.close();
        }
        return stream;
    }

    private ListenResult tcp(String host, int port, Consumer<ListenSpec.Incoming> acceptor) {
        if (otherUser && port > 0 && port < 1024) {
            return new ListenResult.NotPermitted("Port " + port + " is for privileged users");
        }
        List<Integer> fds = new ArrayList<>();
        int error = bind(host, port, fds);
        if (error < 0) {
            fds.forEach(fd -> Posix.CLOSE.call(fd));
            return refusal("'" + new Destination.Tcp(host, port) + "'", error);
        }
        return listening(
                new Destination.Tcp(host, SocketCalls.port(fds.getFirst())),
                fds,
                acceptor,
                () -> {});
    }

    /** Binds what a host means (RFC 4254 section 7.1): 0 or a negated error. */
    private static int bind(String host, int port, List<Integer> fds) {
        try {
            return switch (host) {
                case "" -> {
                    int both = bind(address("::"), port, true, fds);
                    // A host without IPv6.
                    yield both < 0 && both != -Errno.EADDRINUSE
                            ? bind(address("0.0.0.0"), port, false, fds)
                            : both;
                }
                case "localhost" -> {
                    int four = bind(address("127.0.0.1"), port, false, fds);
                    if (four == 0) {
                        // As a favour to clients that try ::1 first; whether it works depends on
                        // the host.
                        var _ = bind(address("::1"), SocketCalls.port(fds.getFirst()), false, fds);
                    }
                    yield four;
                }
                default -> bind(address(host), port, false, fds);
            };
        } catch (UnknownHostException e) {
            return -Errno.EADDRNOTAVAIL;
        }
    }

    private static InetAddress address(String host) throws UnknownHostException {
        return InetAddress.getAllByName(host)[0];
    }

    private static int bind(InetAddress address, int port, boolean dual, List<Integer> fds) {
        SocketCalls.Address name = SocketCalls.Address.of(address, port);
        int fd = SocketCalls.open(name.family());
        int result = fd < 0 ? fd : SocketCalls.listen(fd, name, dual);
        if (result == 0) {
            fds.add(fd);
        } else if (fd >= 0) {
            Posix.CLOSE.call(fd);
        }
        return result;
    }

    private ListenResult display(Consumer<ListenSpec.Incoming> acceptor) {
        for (int port = FIRST_DISPLAY; port <= LAST_DISPLAY; port++) {
            ListenResult result = tcp("localhost", port, acceptor);
            if (!(result instanceof ListenResult.InUse)) {
                return result;
            }
        }
        return new ListenResult.InUse("Every display port is taken");
    }

    private ListenResult privateSocket(Consumer<ListenSpec.Incoming> acceptor) {
        try {
            Path directory = Files.createTempDirectory("postern-");
            Path socket = directory.resolve("agent.sock");
            ListenResult result =
                    unix(
                            socket.toString(),
                            new Destination.Unix(socket.toString()),
                            acceptor,
                            () -> delete(directory));
            if (!(result instanceof ListenResult.Listening)) {
                delete(directory);
            }
            return result;
        } catch (IOException e) {
            return new ListenResult.Failed(
                    RefusalCodes.FORWARD_LISTEN_FAILED,
                    "No directory for a socket can be made: " + e);
        }
    }

    private ListenResult unix(
            String path,
            Destination bound,
            Consumer<ListenSpec.Incoming> acceptor,
            Runnable whenClosed) {
        if (path.getBytes(StandardCharsets.UTF_8).length > SocketCalls.MOST_PATH
                || path.indexOf('\0') >= 0) {
            return new ListenResult.NotPermitted(
                    "Socket path '"
                            + path
                            + "' is not one of 1 to "
                            + SocketCalls.MOST_PATH
                            + " octets");
        }
        int fd = SocketCalls.open(SocketCalls.UNIX);
        int result = fd < 0 ? fd : SocketCalls.listen(fd, SocketCalls.Address.of(path), false);
        if (result < 0) {
            Posix.closeAll(new int[] {fd});
            return refusal("'" + path + "'", result);
        }
        Path file = Path.of(path);
        try {
            Files.setPosixFilePermissions(
                    file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
            Object inode = Files.getAttribute(file, "unix:ino");
            return listening(
                    bound,
                    List.of(fd),
                    acceptor,
                    () -> {
                        deleteIfSame(file, inode);
                        whenClosed.run();
                    });
        } catch (IOException e) {
            Posix.CLOSE.call(fd);
            delete(file);
            return new ListenResult.Failed(
                    RefusalCodes.FORWARD_LISTEN_FAILED,
                    "Socket '" + path + "' cannot be used: " + e);
        }
    }

    private ListenResult listening(
            Destination bound,
            List<Integer> fds,
            Consumer<ListenSpec.Incoming> acceptor,
            Runnable whenClosed) {
        EventLoop loop = children.nextLoop();
        SocketListener listener =
                new SocketListener(
                        loop,
                        bound,
                        fds,
                        (fd, origin) -> accepted(fd, origin, acceptor),
                        self -> {
                            open.remove(self);
                            whenClosed.run();
                        });
        open.add(listener);
        if (closed) {
            listener.close();
        }
        return new ListenResult.Listening(listener);
    }

    private void accepted(int fd, Origin origin, Consumer<ListenSpec.Incoming> acceptor) {
        acceptor.accept(new ListenSpec.Incoming(stream(children.nextLoop(), fd), origin));
    }

    private static ListenResult refusal(String what, int error) {
        String message = "Listening on " + what + " failed: " + Errno.text(-error);
        return switch (-error) {
            case Errno.EADDRINUSE, Errno.EEXIST -> new ListenResult.InUse(message);
            case Errno.EACCES, Errno.EPERM, Errno.EROFS -> new ListenResult.NotPermitted(message);
            default -> new ListenResult.Failed(RefusalCodes.FORWARD_LISTEN_FAILED, message);
        };
    }

    private String absolute(String path) {
        return path.startsWith("/") ? path : folder + "/" + path;
    }

    private static void deleteIfSame(Path file, Object inode) {
        try {
            if (Files.exists(file) && Files.getAttribute(file, "unix:ino").equals(inode)) {
                Files.delete(file);
            }
        } catch (IOException e) {
            // Somebody else removed it just now.
            return;
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // A leftover in the directory for temporary files; the system cleans it up.
            return;
        }
    }
}

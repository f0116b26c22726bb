// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.Destination;
import dev.postern.api.backend.DialResult;
import dev.postern.api.backend.DuplexStream;
import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.Origin;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxListener;
import dev.postern.api.error.PosternException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** BE-50 to BE-61. */
abstract class ForwardRules extends SessionBackendContract.Rules {
    private static final Origin ORIGIN = new Origin("192.0.2.7", 4711);

    /** A listener inside, and what came in. */
    private record Server(SandboxListener listener, BlockingQueue<DuplexStream> accepted)
            implements AutoCloseable {
        DuplexStream next() {
            return Waits.within(
                    "an incoming connection",
                    () -> {
                        DuplexStream stream =
                                accepted.poll(Waits.timeout().toMillis(), TimeUnit.MILLISECONDS);
                        assertThat(stream).as("a connection that came in").isNotNull();
                        return stream;
                    });
        }

        @Override
        public void close() {
            listener.close();
        }
    }

    private static Server listen(SandboxConnection connection, ListenSpec.Kind kind) {
        BlockingQueue<DuplexStream> accepted = new LinkedBlockingQueue<>();
        ListenResult result =
                listenResult(
                        connection,
                        new ListenSpec(kind, incoming -> accepted.add(incoming.stream())));
        assertThat(result)
                .as("listen on %s, which is declared", kind)
                .isInstanceOf(ListenResult.Listening.class);
        return new Server(((ListenResult.Listening) result).listener(), accepted);
    }

    private static ListenResult listenResult(SandboxConnection connection, ListenSpec spec) {
        return Waits.within("listen", () -> connection.listen(spec));
    }

    private static DialResult dialResult(SandboxConnection connection, Destination destination) {
        return Waits.within("dial of " + destination, () -> connection.dial(destination, ORIGIN));
    }

    private static DuplexStream dial(SandboxConnection connection, Destination destination) {
        DialResult result = dialResult(connection, destination);
        assertThat(result).as("dial of %s", destination).isInstanceOf(DialResult.Connected.class);
        return ((DialResult.Connected) result).stream();
    }

    private void assumeTcp() {
        assumeTrue(
                declares(Capability.LISTEN_TCP) && declares(Capability.DIAL_TCP),
                "LISTEN_TCP and DIAL_TCP are not both declared; BE-50 checks that they are refused");
    }

    private void assumeUnix() {
        assumeTrue(
                declares(Capability.LISTEN_UNIX) && declares(Capability.DIAL_UNIX),
                "LISTEN_UNIX and DIAL_UNIX are not both declared; BE-50 checks that they are refused");
    }

    @Test
    @Rule("BE-50")
    @DisplayName("are refused at once where they are not declared")
    void undeclared() {
        try (SandboxConnection connection = connect()) {
            String path = subject().writableDirectory() + "/kit-" + UUID.randomUUID();
            if (!declares(Capability.DIAL_TCP)) {
                assertRefused(
                        "DIAL_TCP",
                        () -> connection.dial(new Destination.Tcp("127.0.0.1", 9), ORIGIN));
            }
            if (!declares(Capability.DIAL_UNIX)) {
                assertRefused(
                        "DIAL_UNIX", () -> connection.dial(new Destination.Unix(path), ORIGIN));
            }
            if (!declares(Capability.LISTEN_TCP)) {
                assertRefused(
                        "LISTEN_TCP",
                        () ->
                                connection.listen(
                                        new ListenSpec(
                                                new ListenSpec.Tcp("127.0.0.1", 0),
                                                incoming -> {})));
            }
            if (!declares(Capability.LISTEN_UNIX)) {
                assertRefused(
                        "LISTEN_UNIX",
                        () ->
                                connection.listen(
                                        new ListenSpec(new ListenSpec.Unix(path), incoming -> {})));
            }
        }
    }

    private static void assertRefused(
            String capability, java.util.concurrent.Callable<Object> action) {
        Object result =
                Waits.within(
                        "refusal",
                        () -> {
                            try {
                                return action.call();
                            } catch (PosternException | UnsupportedOperationException e) {
                                return e;
                            }
                        });
        assertThat(result)
                .as("%s is not declared, so it is refused", capability)
                .isNotInstanceOfAny(DialResult.Connected.class, ListenResult.Listening.class);
    }

    @Test
    @Rule("BE-51")
    @DisplayName("over TCP carry octets both ways and end each way by itself")
    void tcp() {
        assumeTcp();
        try (SandboxConnection connection = connect();
                Server server = listen(connection, new ListenSpec.Tcp("127.0.0.1", 0))) {
            assertThat(server.listener().bound())
                    .isInstanceOfSatisfying(
                            Destination.Tcp.class, tcp -> assertThat(tcp.port()).isPositive());
            halves(dial(connection, server.listener().bound()), server.next());
        }
    }

    @Test
    @Rule("BE-52")
    @DisplayName("over Unix sockets carry octets both ways and end each way by itself")
    void unix() {
        assumeUnix();
        String path = subject().writableDirectory() + "/kit-" + UUID.randomUUID();
        try (SandboxConnection connection = connect()) {
            try (Server server = listen(connection, new ListenSpec.Unix(path))) {
                assertThat(server.listener().bound()).isEqualTo(new Destination.Unix(path));
                halves(dial(connection, new Destination.Unix(path)), server.next());
            }
            assertThat(Session.output(connection, "test -e " + path + " && echo there; :"))
                    .as("the socket file of a closed listener is removed")
                    .isEmpty();
        }
    }

    private void halves(DuplexStream one, DuplexStream other) {
        int size = contract().bulk() / 16;
        CompletableFuture<Integer> echo =
                Waits.begin("read", () -> StreamRules.Pattern.check(other.source().stream()));
        Waits.within(
                "write",
                () -> {
                    one.sink().stream().write(StreamRules.Pattern.at(0, size));
                    one.sink().stream().close();
                    return true;
                });
        assertThat(Waits.get("end of the first half", echo)).isEqualTo(size);
        Waits.within(
                "write back after the half-close",
                () -> {
                    other.sink().stream().write("answer".getBytes(StandardCharsets.US_ASCII));
                    other.sink().stream().close();
                    return true;
                });
        byte[] answer = Waits.within("read", () -> one.source().stream().readAllBytes());
        assertThat(Session.text(answer)).isEqualTo("answer");
        one.close();
        other.close();
        one.close();
    }

    @Test
    @Rule("BE-53")
    @DisplayName("that are refused inside are Refused")
    void refused() {
        assumeTcp();
        try (SandboxConnection connection = connect()) {
            Server server = listen(connection, new ListenSpec.Tcp("127.0.0.1", 0));
            Destination free = server.listener().bound();
            server.close();
            server.close();
            assertThat(dialResult(connection, free)).isInstanceOf(DialResult.Refused.class);
        }
    }

    @Test
    @Rule("BE-54")
    @DisplayName("to a name that does not exist are Unreachable")
    void unknownName() {
        assumeTrue(declares(Capability.DIAL_TCP), "DIAL_TCP is not declared");
        try (SandboxConnection connection = connect()) {
            assertThat(
                            dialResult(
                                    connection,
                                    new Destination.Tcp("kit-does-not-exist.invalid", 80)))
                    .isInstanceOf(DialResult.Unreachable.class);
        }
    }

    @Test
    @Rule("BE-55")
    @DisplayName("never reach the gateway's own loopback")
    void gatewayLoopback() throws IOException {
        assumeTrue(declares(Capability.DIAL_TCP), "DIAL_TCP is not declared");
        assumeTrue(
                subject().ownNetwork(),
                "The sandbox has no network of its own, as its documentation says");
        try (SandboxConnection connection = connect();
                ServerSocket four =
                        new ServerSocket(
                                0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            four.setSoTimeout((int) Waits.quiet().toMillis());
            for (String name :
                    new String[] {"127.0.0.1", "localhost", "::1", "0.0.0.0", "::ffff:127.0.0.1"}) {
                DialResult result =
                        dialResult(connection, new Destination.Tcp(name, four.getLocalPort()));
                if (result instanceof DialResult.Connected(DuplexStream stream)) {
                    stream.close();
                }
                assertThat(reached(four))
                        .as(
                                "'%s' port %d reached the gateway's loopback",
                                name, four.getLocalPort())
                        .isFalse();
            }
        }
    }

    private static boolean reached(ServerSocket server) throws IOException {
        try {
            server.accept().close();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    @Rule("BE-56")
    @DisplayName("wake a blocked reader when they are closed")
    void closeWakes() {
        assumeTcp();
        try (SandboxConnection connection = connect();
                Server server = listen(connection, new ListenSpec.Tcp("127.0.0.1", 0))) {
            DuplexStream stream = dial(connection, server.listener().bound());
            DuplexStream other = server.next();
            CompletableFuture<Boolean> reader =
                    Waits.begin(
                            "read",
                            () -> {
                                try {
                                    return stream.source().stream().read() < 0;
                                } catch (IOException e) {
                                    return true;
                                }
                            });
            assertThat(Waits.staysOpen(reader)).isTrue();
            stream.close();
            assertThat(Waits.get("end of a blocked read", reader)).isTrue();
            assertThat(
                            Waits.within(
                                    "end of the other side",
                                    () -> {
                                        try {
                                            return other.source().stream().read();
                                        } catch (IOException e) {
                                            return -1;
                                        }
                                    }))
                    .isEqualTo(-1);
            other.close();
        }
    }

    @Test
    @Rule("BE-57")
    @DisplayName("on a port that is taken are InUse")
    void portInUse() {
        assumeTrue(declares(Capability.LISTEN_TCP), "LISTEN_TCP is not declared");
        try (SandboxConnection connection = connect();
                Server server = listen(connection, new ListenSpec.Tcp("127.0.0.1", 0))) {
            int port = ((Destination.Tcp) server.listener().bound()).port();
            assertThat(
                            listenResult(
                                    connection,
                                    new ListenSpec(
                                            new ListenSpec.Tcp("127.0.0.1", port), incoming -> {})))
                    .isInstanceOf(ListenResult.InUse.class);
        }
    }

    @Test
    @Rule("BE-58")
    @DisplayName("on a path that exists are InUse, and leave what is there")
    void pathInUse() {
        assumeTrue(declares(Capability.LISTEN_UNIX), "LISTEN_UNIX is not declared");
        String path = subject().writableDirectory() + "/kit-" + UUID.randomUUID();
        try (SandboxConnection connection = connect()) {
            Session.output(connection, "echo kept > " + path);
            assertThat(
                            listenResult(
                                    connection,
                                    new ListenSpec(new ListenSpec.Unix(path), incoming -> {})))
                    .isInstanceOf(ListenResult.InUse.class);
            assertThat(Session.output(connection, "cat " + path + "; rm " + path))
                    .isEqualTo("kept\n");
        }
    }

    @Test
    @Rule("BE-59")
    @DisplayName("that were accepted outlive their listener")
    void acceptedOutliveListener() {
        assumeTcp();
        try (SandboxConnection connection = connect()) {
            Server server = listen(connection, new ListenSpec.Tcp("127.0.0.1", 0));
            DuplexStream stream = dial(connection, server.listener().bound());
            DuplexStream accepted = server.next();
            server.close();
            halves(stream, accepted);
        }
    }

    @Test
    @Rule("BE-60")
    @DisplayName("on a private socket are for the session's user alone")
    void privateSocket() {
        assumeUnix();
        try (SandboxConnection connection = connect()) {
            Destination.Unix bound;
            try (Server server = listen(connection, new ListenSpec.PrivateSocket())) {
                bound = (Destination.Unix) server.listener().bound();
                String modes =
                        Session.output(
                                connection,
                                "ls -ld "
                                        + bound.path()
                                        + " $(dirname "
                                        + bound.path()
                                        + ") | cut -c1-10; test -O "
                                        + bound.path()
                                        + " && echo own");
                assertThat(modes.lines().toList())
                        .containsExactlyInAnyOrder("srw-------", "drwx------", "own");
                halves(dial(connection, bound), server.next());
            }
            assertThat(Session.output(connection, "test -e " + bound.path() + " && echo there; :"))
                    .isEmpty();
        }
    }

    @Test
    @Rule("BE-61")
    @DisplayName("for an X11 display are on a port from 6010 upwards, each its own")
    void display() {
        assumeTrue(declares(Capability.LISTEN_TCP), "LISTEN_TCP is not declared");
        try (SandboxConnection connection = connect();
                Server first = listen(connection, new ListenSpec.X11Display());
                Server second = listen(connection, new ListenSpec.X11Display())) {
            int one = ((Destination.Tcp) first.listener().bound()).port();
            int two = ((Destination.Tcp) second.listener().bound()).port();
            assertThat(one).isBetween(6010, 7000);
            assertThat(two).isBetween(6010, 7000).isNotEqualTo(one);
        }
    }
}

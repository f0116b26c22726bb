// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.Capability;
import dev.postern.api.value.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Forwarding of every kind, with OpenSSH's client. */
abstract class ForwardingChecks {
    private static final Pattern ALLOCATED = Pattern.compile("Allocated port (\\d+)");
    private static final int SIZE = 1 << 20;

    abstract Workbench bench();

    @BeforeEach
    void needsSsh() {
        bench().needsHere("ssh");
        bench().needs(Capability.EXEC);
    }

    private Running forward(String... options) {
        List<String> all = new ArrayList<>(List.of("-N", "-o", "ExitOnForwardFailure=yes"));
        all.addAll(List.of(options));
        return bench().start(bench().sshWith(all));
    }

    /** Skips the rest, after a refusal was seen, where something is not declared. */
    private void needs(Capability capability, String... options) throws Exception {
        if (!bench().target().capabilities().contains(capability)) {
            long start = System.nanoTime();
            Finished refused = bench().run(bench().sshWith(List.of(options)));
            assertThat(refused.status()).as(refused::describe).isEqualTo(255);
            assertThat(System.nanoTime() - start)
                    .as("a refusal is immediate")
                    .isLessThan(20_000_000_000L);
            bench().needs(capability);
        }
    }

    @Test
    @DisplayName("-L: 64 MiB through a forwarded port, with a rekey every 8 MiB")
    void localForward() throws Exception {
        needs(Capability.DIAL_TCP, "-W", "127.0.0.1:1");
        int port = Workbench.freePort();
        try (InsideEcho echo = InsideEcho.start(bench());
                Running _ =
                        listening(
                                port,
                                "-o",
                                "RekeyLimit=8M",
                                "-L",
                                "127.0.0.1:" + port + ":127.0.0.1:" + echo.port());
                Socket socket = EchoTalk.connect(port)) {
            EchoTalk.exchange(socket, 64 << 20);
        }
    }

    private Running listening(int port, String... options) {
        Running running = forward(options);
        running.await("port " + port, () -> EchoTalk.listens(port));
        return running;
    }

    @Test
    @DisplayName("-L: 200 connections at once, and one that nobody reads delays no other")
    void manyForwards() throws Exception {
        needs(Capability.DIAL_TCP, "-W", "127.0.0.1:1");
        int port = Workbench.freePort();
        List<Socket> sockets = new ArrayList<>();
        try (InsideEcho echo = InsideEcho.start(bench());
                Running running =
                        listening(port, "-L", "127.0.0.1:" + port + ":127.0.0.1:" + echo.port());
                Socket stalled = EchoTalk.connect(port)) {
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            stalled.getOutputStream().write(new byte[64 << 20]);
                        } catch (java.io.IOException e) {
                            // It is closed while it waits: nobody ever reads.
                        }
                    });
            for (int i = 0; i < 199; i++) {
                sockets.add(EchoTalk.connect(port));
            }
            try {
                for (int round = 0; round < 3; round++) {
                    for (Socket socket : sockets) {
                        EchoTalk.ping(socket);
                    }
                }
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + "\n--- ssh said\n" + running.err(), e);
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    @DisplayName("-D: a SOCKS proxy resolves names inside")
    void dynamicForward() throws Exception {
        needs(Capability.DIAL_TCP, "-W", "127.0.0.1:1");
        int port = Workbench.freePort();
        try (InsideEcho echo = InsideEcho.start(bench());
                Running _ = listening(port, "-D", "127.0.0.1:" + port);
                Socket socket =
                        new Socket(
                                new Proxy(
                                        Proxy.Type.SOCKS,
                                        new InetSocketAddress(
                                                InetAddress.getLoopbackAddress(), port)))) {
            socket.setSoTimeout(60_000);
            socket.connect(InetSocketAddress.createUnresolved("localhost", echo.port()));
            EchoTalk.exchange(socket, SIZE);
        }
    }

    @Test
    @DisplayName("-W: standard input and output are the connection")
    void standardStreams() throws Exception {
        needs(Capability.DIAL_TCP, "-W", "127.0.0.1:1");
        Path data = bench().data(SIZE);
        try (InsideEcho echo = InsideEcho.start(bench())) {
            Finished finished =
                    bench().run(bench().sshWith(List.of("-W", "127.0.0.1:" + echo.port())), data)
                            .ok();
            assertThat(Workbench.sha256(finished.stdout())).isEqualTo(Workbench.sha256(data));
        }
    }

    @Test
    @DisplayName("-W to a port where nobody listens fails as a failed connection")
    void refusedConnection() throws Exception {
        needs(Capability.DIAL_TCP, "-W", "127.0.0.1:1");
        Finished finished = bench().run(bench().sshWith(List.of("-W", "127.0.0.1:1"))).exits(255);
        assertThat(finished.err()).contains("open failed: connect failed");
    }

    @Test
    @DisplayName("-R: a port inside leads here, -L leads back into it")
    void remoteForward() throws Exception {
        needs(
                Capability.LISTEN_TCP,
                "-o",
                "ExitOnForwardFailure=yes",
                "-R",
                "0:127.0.0.1:1",
                "true");
        try (EchoServer echo = new EchoServer();
                Running remote = forward("-R", "127.0.0.1:0:127.0.0.1:" + echo.port())) {
            remote.await("a port", () -> ALLOCATED.matcher(remote.err()).find());
            Matcher allocated = ALLOCATED.matcher(remote.err());
            assertThat(allocated.find()).isTrue();
            int inside = Integer.parseInt(allocated.group(1));
            needs(Capability.DIAL_TCP, "-W", "127.0.0.1:1");
            Path data = bench().data(16 << 20);
            Finished finished =
                    bench().run(bench().sshWith(List.of("-W", "127.0.0.1:" + inside)), data).ok();
            assertThat(Workbench.sha256(finished.stdout())).isEqualTo(Workbench.sha256(data));
            remote.stop();
            bench().run(bench().sshWith(List.of("-W", "127.0.0.1:" + inside))).exits(255);
        }
    }

    @Test
    @DisplayName("-R to a port that is taken is refused")
    void takenPort() throws Exception {
        needs(
                Capability.LISTEN_TCP,
                "-o",
                "ExitOnForwardFailure=yes",
                "-R",
                "0:127.0.0.1:1",
                "true");
        try (InsideEcho echo = InsideEcho.start(bench())) {
            Finished finished = forward("-R", "127.0.0.1:" + echo.port() + ":127.0.0.1:1").end();
            assertThat(finished.status()).as(finished::describe).isEqualTo(255);
            assertThat(finished.err()).contains("remote port forwarding failed");
        }
    }

    @Test
    @DisplayName("-L with Unix sockets at both ends")
    void localUnixForward() throws Exception {
        needs(Capability.DIAL_UNIX, "-W", "/no/such/socket");
        Path here = bench().here("forward.sock");
        try (InsideEcho echo = InsideEcho.start(bench());
                Running running = forward("-L", here + ":" + echo.path())) {
            running.await("the socket", () -> Files.exists(here));
            EchoTalk.exchange(here, 100_000);
        }
    }

    @Test
    @DisplayName("-R with a Unix socket inside")
    void remoteUnixForward() throws Exception {
        needs(
                Capability.LISTEN_UNIX,
                "-o",
                "ExitOnForwardFailure=yes",
                "-R",
                "/tmp/no.sock:127.0.0.1:1",
                "true");
        needs(Capability.DIAL_UNIX, "-W", "/no/such/socket");
        String inside = bench().insideSockets() + "/s";
        Path back = bench().here("back.sock");
        try (EchoServer echo = new EchoServer();
                Running remote = forward("-R", inside + ":127.0.0.1:" + echo.port())) {
            awaitInside("test -S " + inside, remote);
            try (Running local = forward("-L", back + ":" + inside)) {
                local.await("the socket", () -> Files.exists(back));
                EchoTalk.exchange(back, 100_000);
            }
        }
    }

    private void awaitInside(String condition, Running beside) {
        beside.await(
                condition,
                () -> {
                    try {
                        return bench().run(bench().ssh(condition)).status() == 0;
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return false;
                    }
                });
    }

    @Test
    @DisplayName("-A: the agent here answers inside, or there is no sign of it")
    void agentForwarding() throws Exception {
        bench().needsHere("ssh-agent");
        Path socket = bench().here("agent.sock");
        try (Running agent = bench().start(List.of("ssh-agent", "-D", "-a", socket.toString()))) {
            agent.await("the agent", () -> Files.exists(socket));
            List<String> withAgent = List.of("env", "SSH_AUTH_SOCK=" + socket);
            bench().run(joined(withAgent, List.of("ssh-add", bench().identity().toString()))).ok();
            List<String> options = List.of("-A");
            Finished seen =
                    bench().run(
                                    joined(
                                            withAgent,
                                            bench().sshWith(
                                                            options,
                                                            "test -S \"$SSH_AUTH_SOCK\" && stat -c %a \"$SSH_AUTH_SOCK\" \"${SSH_AUTH_SOCK%/*}\" && echo $SSH_AUTH_SOCK")));
            if (!bench().target().agentForwarding()) {
                assertThat(seen.status()).as(seen::describe).isEqualTo(1);
                return;
            }
            List<String> lines = seen.ok().out().lines().toList();
            String path = lines.get(2);
            // sshd's socket is 0755 in a directory of 0700.
            assertThat(lines.subList(0, 2))
                    .as("modes of socket and directory")
                    .containsAnyOf("600", "700");
            bench().run(bench().ssh("test -e " + path)).exits(1);
            bench().needsInside("ssh-add");
            assertThat(
                            bench().run(joined(withAgent, bench().sshWith(options, "ssh-add -l")))
                                    .ok()
                                    .out())
                    .contains("ED25519");
        }
    }

    private static List<String> joined(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    @Test
    @DisplayName("-J: the sandbox is a jump host")
    void jump() throws Exception {
        needs(Capability.DIAL_TCP, "-W", "127.0.0.1:1");
        Assumptions.assumeTrue(
                bench().target().fromInside().isPresent(),
                "The sandbox cannot reach the server that it is behind");
        Endpoint again = bench().target().fromInside().orElseThrow();
        Endpoint address = bench().target().address();
        Finished finished =
                bench().run(
                                List.of(
                                        "ssh",
                                        "-F",
                                        bench().config().toString(),
                                        "-J",
                                        "sandbox",
                                        "-p",
                                        String.valueOf(again.port()),
                                        "-o",
                                        "HostKeyAlias=[" + address.host() + "]:" + address.port(),
                                        bench().target().user() + "@" + again.host(),
                                        "echo jumped; exit 4"))
                        .exits(4);
        assertThat(finished.out()).isEqualTo("jumped\n");
    }

    @Test
    @DisplayName("-f goes to the background with a forward and no session")
    void background() throws Exception {
        needs(Capability.DIAL_TCP, "-W", "127.0.0.1:1");
        int port = Workbench.freePort();
        Path control = bench().here("background.mux");
        try (InsideEcho echo = InsideEcho.start(bench())) {
            bench().run(
                            bench().sshWith(
                                            List.of(
                                                    "-f",
                                                    "-N",
                                                    "-M",
                                                    "-o",
                                                    "ControlPath=" + control,
                                                    "-L",
                                                    "127.0.0.1:"
                                                            + port
                                                            + ":127.0.0.1:"
                                                            + echo.port())))
                    .ok();
            try (Socket socket = EchoTalk.connect(port)) {
                EchoTalk.exchange(socket, SIZE);
            } finally {
                bench().run(bench().sshWith(List.of("-O", "exit", "-o", "ControlPath=" + control)))
                        .ok();
            }
        }
    }
}

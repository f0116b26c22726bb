// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.auth.Granted;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.listener.ClientInfo;
import dev.postern.api.listener.ListenerHandler;
import dev.postern.api.listener.ListenerHandler.Admitted;
import dev.postern.api.sandbox.ResumeHook;
import dev.postern.api.sandbox.ResumeResult;
import dev.postern.api.sandbox.SandboxState;
import dev.postern.api.value.Bytes;
import dev.postern.runtime.session.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.forward.PortForwardingTracker;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forwarding, other transports, and sandboxes that sleep. */
@DisplayName("The way into a sandbox")
class ForwardIT {
    private static final int TIMEOUT_MILLIS = 30_000;

    @TempDir Path directory;
    private final TestGateway gateway = new TestGateway();
    private final MinaClient client = new MinaClient();
    private final ServerSocket echo;

    ForwardIT() throws IOException {
        echo = new ServerSocket(0, 300, InetAddress.getLoopbackAddress());
    }

    @BeforeEach
    void startEcho() {
        Thread.ofPlatform().daemon().start(this::acceptEchoes);
    }

    private void acceptEchoes() {
        try {
            while (true) {
                Socket socket = echo.accept();
                Thread.ofVirtual().start(() -> echo(socket));
            }
        } catch (IOException e) {
            // Closed
            return;
        }
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        gateway.close();
        echo.close();
    }

    private static void talk(int port, int size) throws Exception {
        byte[] data = new byte[size];
        new Random(3).nextBytes(data);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            CompletableFuture<byte[]> back = OpenSsh.read(socket.getInputStream());
            socket.getOutputStream().write(data);
            socket.shutdownOutput();
            assertThat(Bytes.of(back.get(60, TimeUnit.SECONDS))).isEqualTo(Bytes.of(data));
        }
    }

    @Test
    @DisplayName("-L and -R carry 16 MiB bit-exact, half-closes included")
    void bothDirections() throws Exception {
        gateway.start();
        int local = freePort();
        int remote = freePort();
        String inside = "127.0.0.1:" + echo.getLocalPort();
        Process ssh =
                new OpenSsh(gateway, directory)
                        .start(
                                List.of(
                                        "-L",
                                        local + ":" + inside,
                                        "-R",
                                        "127.0.0.1:" + remote + ":" + inside),
                                "echo ready; cat");
        try {
            assertThat(ssh.getInputStream().readNBytes(6))
                    .isEqualTo("ready\n".getBytes(StandardCharsets.UTF_8));
            talk(local, 16 << 20);
            talk(remote, 16 << 20);
        } finally {
            ssh.destroyForcibly();
        }
        assertThat(gateway.notes)
                .extracting(TestGateway.Note::type)
                .contains("forward.opened", "forward.listening");
    }

    private static int freePort() throws IOException {
        try (var free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    @Test
    @DisplayName("of 200 forwarded connections one that stalls does not delay the others")
    void stalledForward() throws Exception {
        gateway.start();
        ClientSession session = client.login(gateway, TestGateway.newKey());
        try (PortForwardingTracker local =
                        session.createLocalPortForwardingTracker(
                                new SshdSocketAddress("127.0.0.1", 0),
                                new SshdSocketAddress("127.0.0.1", echo.getLocalPort()));
                var stalled =
                        new Socket(
                                InetAddress.getLoopbackAddress(),
                                local.getBoundAddress().getPort())) {
            // It sends and never reads
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> {
                        try {
                            stalled.getOutputStream().write(new byte[64 << 20]);
                        } catch (IOException e) {
                            // Closed at the end
                            return;
                        }
                    });
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 199; i++) {
                var socket =
                        new Socket(
                                InetAddress.getLoopbackAddress(),
                                local.getBoundAddress().getPort());
                socket.setSoTimeout(TIMEOUT_MILLIS);
                sockets.add(socket);
            }
            for (Socket socket : sockets) {
                socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            }
            for (Socket socket : sockets) {
                assertThat(socket.getInputStream().readNBytes(5))
                        .isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
                socket.close();
            }
        }
    }

    @Test
    @DisplayName("refusals name their code, at once")
    void refusals() throws Exception {
        gateway.start();
        assertThat(ssh(List.of("-W", "10.1.2.3:80")).err()).contains("policy.forward");
        int closed = freePort();
        assertThat(ssh(List.of("-W", "127.0.0.1:" + closed)).err())
                .contains("forward.connect-failed");
        assertThat(
                        ssh(List.of(
                                        "-N",
                                        "-o",
                                        "ExitOnForwardFailure=yes",
                                        "-R",
                                        "0.0.0.0:0:127.0.0.1:1"))
                                .status())
                .isEqualTo(255);
        gateway.authenticator =
                offer ->
                        new Granted(
                                TestGateway.ALICE.identities(),
                                TestGateway.ALICE.credential(),
                                Optional.empty(),
                                Optional.empty(),
                                Restrictions.NONE.withPortForwarding(false),
                                Optional.empty());
        assertThat(ssh(List.of("-W", "127.0.0.1:" + echo.getLocalPort())).err())
                .contains("policy.forward");
    }

    private OpenSsh.Result ssh(List<String> options) throws Exception {
        List<String> all = new ArrayList<>(List.of("-o", "LogLevel=VERBOSE"));
        all.addAll(options);
        return new OpenSsh(gateway, Files.createTempDirectory(directory, "k"))
                .run(new byte[0], all);
    }

    @Test
    @DisplayName("a sandbox that sleeps is woken once for all, and not before success")
    void waking() throws Exception {
        var woken = new AtomicInteger();
        var go = new CountDownLatch(1);
        ResumeHook hook =
                request -> {
                    woken.incrementAndGet();
                    go.await();
                    return new ResumeResult.Running(request.sandbox().withGeneration("2"));
                };
        sleeping(hook);
        List<Process> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(
                    new OpenSsh(gateway, Files.createTempDirectory(directory, "k"))
                            .start(List.of(), "echo awake"));
        }
        Eventually.holds(() ->
                assertThat(gateway.notes)
                        .filteredOn(note -> note.type().equals("exec"))
                        .hasSize(5));
        assertThat(gateway.processes.connects).isEmpty();
        go.countDown();
        for (Process process : clients) {
            assertThat(OpenSsh.read(process.getInputStream()).get())
                    .isEqualTo("awake\n".getBytes(StandardCharsets.UTF_8));
            assertThat(process.waitFor()).isZero();
        }
        assertThat(woken).hasValue(1);
        assertThat(gateway.processes.connects)
                .hasSize(5)
                .allSatisfy(ref -> assertThat(ref.generation()).isEqualTo("2"));
    }

    private void sleeping(ResumeHook hook) {
        gateway.resolver =
                request -> TestGateway.found(request.identities().getFirst(), SandboxState.PAUSED);
        gateway.hooks = List.of(new Route.NamedHook("waker", hook));
        gateway.start();
    }

    @Test
    @DisplayName("when the last who waits has gone, waking is given up")
    void wakingGivenUp() throws Exception {
        var begun = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        sleeping(request -> {
            begun.countDown();
            try {
                Thread.sleep(Duration.ofMinutes(5));
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return ResumeResult.NOT_MINE;
        });
        Process process = new OpenSsh(gateway, directory).start(List.of(), "true");
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        process.destroyForcibly().waitFor();
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("a person at a terminal is told that the sandbox wakes; a program is not")
    void progress() throws Exception {
        sleeping(request -> {
            Thread.sleep(2000);
            return new ResumeResult.Failed(RefusalCodes.RESUME_FAILED, "no", Optional.empty());
        });
        OpenSsh.Result person = ssh2(List.of("-tt"));
        assertThat(person.err()).contains("Waking the sandbox").contains("resume.failed");
        assertThat(person.status()).isEqualTo(255);
        OpenSsh.Result program = ssh2(List.of());
        assertThat(program.err()).doesNotContain("Waking").contains("resume.failed");
        assertThat(program.text()).isEmpty();
    }

    private OpenSsh.Result ssh2(List<String> options) throws Exception {
        return new OpenSsh(gateway, Files.createTempDirectory(directory, "k"))
                .run(new byte[0], options, "true");
    }

    @Test
    @DisplayName("any duplex stream carries a connection")
    void otherTransports() throws Exception {
        gateway.start();
        ListenerHandler handler =
                gateway.engine().handler("memory", "main", Optional.of(TestGateway.SANDBOX));
        var closed = new CountDownLatch(1);
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> {
                        try {
                            Socket socket = server.accept();
                            var info = new ClientInfo(Optional.empty(), "memory", Optional.empty());
                            assertThat(handler.admit(info)).isInstanceOf(Admitted.class);
                            handler.serve(
                                    new ProcessBackend.SocketStream(socket),
                                    info,
                                    closed::countDown);
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    });
            byte[] data = new byte[8 << 20];
            new Random(5).nextBytes(data);
            OpenSsh.Result result =
                    new OpenSsh(gateway, directory)
                            .run(data, List.of("-p", String.valueOf(server.getLocalPort())), "cat");
            assertThat(result.out()).isEqualTo(Bytes.of(data));
            assertThat(result.status()).isZero();
        }
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }
}

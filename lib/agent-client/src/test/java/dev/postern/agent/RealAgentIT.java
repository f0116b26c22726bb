// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.api.backend.Destination;
import dev.postern.api.backend.DialResult;
import dev.postern.api.backend.DuplexStream;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.Origin;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.PtySpec;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.StartResult;
import dev.postern.api.value.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the agent's own binary, over the stdio of a process. */
class RealAgentIT {
    private static Optional<Path> binary = Optional.empty();

    @TempDir private Path directory = Path.of("");
    private Optional<Process> agent = Optional.empty();
    private Optional<AgentConnection> open = Optional.empty();

    @BeforeAll
    static void build() throws Exception {
        binary = RealAgent.binary();
    }

    @BeforeEach
    void connect() throws Exception {
        assumeTrue(binary.isPresent(), "Go is not installed");
        Process process = RealAgent.overStdio(binary.get());
        agent = Optional.of(process);
        open = Optional.of(AgentConnection.open(RealAgent.stdio(process), AgentOptions.DEFAULT));
    }

    @AfterEach
    void agentLeavesWithItsConnection() throws Exception {
        open.ifPresent(AgentConnection::close);
        if (agent.isPresent()) {
            assertThat(agent.get().waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(agent.get().exitValue()).isZero();
        }
    }

    private AgentConnection connection() {
        return open.orElseThrow();
    }

    private static SandboxProcess start(
            AgentConnection connection, String line, Optional<PtySpec> pty) throws Exception {
        StartResult result =
                connection.start(
                        new ProcessSpec(
                                "1",
                                new ProcessSpec.Exec(Bytes.utf8(line)),
                                pty,
                                Map.of("GREETING", "hi there")));
        assertThat(result).isInstanceOf(StartResult.Started.class);
        return ((StartResult.Started) result).process();
    }

    private SandboxProcess start(String line) throws Exception {
        return start(connection(), line, Optional.empty());
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static ExitStatus exit(SandboxProcess process) throws Exception {
        return process.exit().get(20, TimeUnit.SECONDS);
    }

    @Test
    void outputsEnvironmentAndStatus() throws Exception {
        SandboxProcess process = start("echo $GREETING; echo err >&2; exit 42");
        assertThat(text(process.stdout().stream())).isEqualTo("hi there\n");
        assertThat(text(process.stderr().stream())).isEqualTo("err\n");
        assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(42));
    }

    @Test
    void everyStatusIsExact() throws Exception {
        for (int status = 0; status < 256; status++) {
            assertThat(exit(start("exit " + status))).isEqualTo(new ExitStatus.Exited(status));
        }
    }

    @Test
    void deathBySignalIsTold() throws Exception {
        assertThat(exit(start("kill -KILL $$"))).isEqualTo(new ExitStatus.Signalled("KILL", false));
        SandboxProcess sleeping = start("exec sleep 1000");
        assertThat(sleeping.signal("USR1")).isTrue();
        assertThat(exit(sleeping)).isEqualTo(new ExitStatus.Signalled("USR1", false));
    }

    @Test
    void muchComesBackUnchanged() throws Exception {
        byte[] data = new byte[32 << 20];
        new Random(1).nextBytes(data);
        SandboxProcess process = start("cat");
        Thread writer =
                Thread.startVirtualThread(() -> {
                    try (OutputStream in = process.stdin().stream()) {
                        in.write(data);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
        assertThat(process.stdout().stream().readAllBytes()).isEqualTo(data);
        writer.join();
        assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(0));
    }

    @Test
    void pushedOutputIsWhole() throws Exception {
        SandboxProcess process = start("head -c 20000000 /dev/zero");
        Collector sink = new Collector(Integer.MAX_VALUE);
        assertThat(process.stdout().pushTo(sink)).isTrue();
        assertThat(sink.awaitEnd()).hasSize(20_000_000);
    }

    @Test
    void terminalIsOne() throws Exception {
        PtySpec pty = new PtySpec("xterm", new PtySize(91, 31, 0, 0), Map.of(53, 0L));
        SandboxProcess process =
                start(
                        connection(),
                        "stty size; echo $TERM; trap 'stty size; exit 3' WINCH; echo ready; while :; do sleep 0.01; done",
                        Optional.of(pty));
        Collector sink = new Collector(Integer.MAX_VALUE);
        process.stdout().pushTo(sink);
        sink.await("31 91\r\nxterm\r\nready\r\n".length());
        process.resize(new PtySize(132, 43, 0, 0));
        assertThat(new String(sink.awaitEnd(), StandardCharsets.UTF_8))
                .isEqualTo("31 91\r\nxterm\r\nready\r\n43 132\r\n");
        assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(3));
    }

    @Test
    void sftpSpeaksVersionThree() throws Exception {
        StartResult result =
                connection()
                        .start(
                                new ProcessSpec(
                                        "1",
                                        new ProcessSpec.Subsystem("sftp"),
                                        Optional.empty(),
                                        Map.of()));
        SandboxProcess process = ((StartResult.Started) result).process();
        process.stdin().stream().write(new byte[] {0, 0, 0, 5, 1, 0, 0, 0, 3});
        byte[] reply = process.stdout().stream().readNBytes(9);
        assertThat(reply[4]).isEqualTo((byte) 2);
        assertThat(reply[8]).isEqualTo((byte) 3);
        process.stdin().stream().close();
        assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(0));
    }

    @Test
    void connectionsGoOutAndComeIn() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            DialResult dialled =
                    connection()
                            .dial(
                                    new Destination.Tcp("127.0.0.1", server.getLocalPort()),
                                    new Origin("::1", 1));
            try (Socket accepted = server.accept();
                    DuplexStream stream = ((DialResult.Connected) dialled).stream()) {
                accepted.getOutputStream().write("ping".getBytes(StandardCharsets.US_ASCII));
                accepted.shutdownOutput();
                assertThat(text(stream.source().stream())).isEqualTo("ping");
                stream.sink().stream().write("pong".getBytes(StandardCharsets.US_ASCII));
                stream.sink().finish();
                assertThat(text(accepted.getInputStream())).isEqualTo("pong");
            }
        }
        BlockingQueue<ListenSpec.Incoming> incoming = new ArrayBlockingQueue<>(2);
        ListenResult result =
                connection().listen(new ListenSpec(new ListenSpec.PrivateSocket(), incoming::add));
        ListenResult.Listening listening = (ListenResult.Listening) result;
        Path path = Path.of(((Destination.Unix) listening.listener().bound()).path());
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            client.write(java.nio.ByteBuffer.wrap("knock".getBytes(StandardCharsets.US_ASCII)));
            client.shutdownOutput();
            ListenSpec.Incoming first = incoming.poll(20, TimeUnit.SECONDS);
            assertThat(first).isNotNull();
            assertThat(text(first.stream().source().stream())).isEqualTo("knock");
            first.stream().close();
        }
        listening.listener().close();
        await("removal of " + path, () -> !Files.exists(path));
    }

    @Test
    void refusalsAreNamed() throws Exception {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        assertThat(connection().dial(new Destination.Tcp("127.0.0.1", port), new Origin("", 0)))
                .isInstanceOf(DialResult.Refused.class);
        assertThat(
                        connection()
                                .dial(
                                        new Destination.Tcp("no-such-name.invalid", 80),
                                        new Origin("", 0)))
                .isInstanceOf(DialResult.Unreachable.class);
        try (AgentConnection stranger =
                AgentConnection.open(
                        RealAgent.stdio(RealAgent.overStdio(binary.orElseThrow())),
                        AgentOptions.DEFAULT.withUser("nobody-has-this-name"))) {
            StartResult result =
                    stranger.start(
                            new ProcessSpec(
                                    "1", new ProcessSpec.Shell(), Optional.empty(), Map.of()));
            assertThat(result).isInstanceOf(StartResult.NotPermitted.class);
            assertThat(result.toString()).contains("nobody-has-this-name");
        }
    }

    @Test
    void endsReachTheProcess() throws Exception {
        for (SandboxProcess.EndReason reason :
                new SandboxProcess.EndReason[] {
                    SandboxProcess.EndReason.HANGUP, SandboxProcess.EndReason.KILL
                }) {
            SandboxProcess deaf = start("trap '' HUP; echo ready; exec sleep 1000");
            assertThat(deaf.stdout().stream().read()).isEqualTo('r');
            deaf.end(reason);
            assertThat(exit(deaf)).isEqualTo(new ExitStatus.Signalled("KILL", false));
        }
        SandboxProcess heeding = start("echo ready; exec sleep 1000");
        assertThat(heeding.stdout().stream().read()).isEqualTo('r');
        heeding.end(SandboxProcess.EndReason.HANGUP);
        assertThat(exit(heeding)).isEqualTo(new ExitStatus.Signalled("HUP", false));
    }

    @Test
    void stalledStreamDelaysNoOther() throws Exception {
        SandboxProcess stalled = start("cat /dev/zero");
        assertThat(stalled.stdout().stream().read()).isZero();
        for (int i = 0; i < 50; i++) {
            assertThat(text(start("echo alive").stdout().stream())).isEqualTo("alive\n");
        }
        stalled.end(SandboxProcess.EndReason.KILL);
        assertThat(exit(stalled)).isInstanceOf(ExitStatus.Signalled.class);
    }

    @Test
    void lostTransportEndsWhatRan() throws Exception {
        Path mark = directory.resolve("pid");
        SandboxProcess process = start("echo $$ > " + mark + "; echo ready; exec sleep 1000");
        assertThat(process.stdout().stream().read()).isEqualTo('r');
        long pid = Long.parseLong(Files.readString(mark).strip());
        agent.orElseThrow().getOutputStream().close();
        assertThat(exit(process)).isInstanceOf(ExitStatus.class);
        await("end of the process", () -> ProcessHandle.of(pid).isEmpty());
    }

    @Test
    void oneAgentServesManyConnectionsOverItsSocket() throws Exception {
        Path socket = directory.resolve("agent.sock");
        Process listening = RealAgent.overSocket(binary.orElseThrow(), socket);
        try (AgentConnection first = overSocket(socket);
                AgentConnection second = overSocket(socket)) {
            assertThat(text(start(first, "echo one", Optional.empty()).stdout().stream()))
                    .isEqualTo("one\n");
            assertThat(text(start(second, "echo two", Optional.empty()).stdout().stream()))
                    .isEqualTo("two\n");
        }
        listening.destroy();
        assertThat(listening.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    private static AgentConnection overSocket(Path socket) throws Exception {
        return AgentConnection.open(
                AgentTransport.of(SocketChannel.open(UnixDomainSocketAddress.of(socket))),
                AgentOptions.DEFAULT);
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.onSpinWait();
        }
    }
}

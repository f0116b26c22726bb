// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.auth.CredentialRef;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.backend.Loss;
import dev.postern.api.backend.SandboxProcess.EndReason;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.event.Event;
import dev.postern.api.sandbox.Resolution;
import dev.postern.api.sandbox.SandboxState;
import dev.postern.runtime.config.SshSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSession.ClientSessionEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How connections end, and what becomes of what they started. */
@DisplayName("The end of a connection")
class EndingIT {
    @TempDir Path directory;
    private final TestGateway gateway = new TestGateway();

    @AfterEach
    void stop() {
        gateway.close();
    }

    private ProcessBackend.Running only() {
        Eventually.holds(() -> assertThat(gateway.processes.processes).hasSize(1));
        return gateway.processes.processes.getFirst();
    }

    private Process start(String command) throws Exception {
        return new OpenSsh(gateway, directory).start(List.of(), command);
    }

    private void expectGone() {
        Eventually.holds(() -> assertThat(gateway.engine().connections()).isZero());
        assertThat(gateway.live.list()).isEmpty();
    }

    @Test
    @DisplayName("a normal exit signals nothing")
    void normal() throws Exception {
        gateway.start();
        assertThat(start("true").waitFor()).isZero();
        expectGone();
        assertThat(only().ends).doesNotContain(EndReason.HANGUP, EndReason.KILL);
        assertThat(only().ends).contains(EndReason.FINISHED);
    }

    @Test
    @DisplayName("a client that is killed hangs up what it started")
    void clientKilled() throws Exception {
        gateway.start();
        Process client = start("sleep 1000");
        ProcessBackend.Running running = only();
        client.destroyForcibly().waitFor();
        Eventually.holds(
                Duration.ofSeconds(5), () -> assertThat(running.ends).contains(EndReason.HANGUP));
        assertThat(running.process.waitFor()).isNotZero();
        expectGone();
    }

    @Test
    @DisplayName("a kill ends everything and says so")
    void killed() throws Exception {
        gateway.start();
        Process client = start("sleep 1000");
        CompletableFuture<byte[]> err = OpenSsh.read(client.getErrorStream());
        ProcessBackend.Running running = only();
        assertThat(gateway.live.end(it -> true, RefusalCodes.SESSION_KILLED)).isEqualTo(1);
        assertThat(client.waitFor()).isEqualTo(255);
        assertThat(new String(err.join(), StandardCharsets.UTF_8)).contains("session.killed");
        Eventually.holds(() -> assertThat(running.ends).contains(EndReason.KILL));
        expectGone();
    }

    @Test
    @DisplayName("revoked credentials and ended sandboxes end their connections")
    void events() throws Exception {
        gateway.start();
        for (Event event :
                List.of(
                        new Event.CredentialRevoked(new CredentialRef("keys", "1")),
                        new Event.SandboxEnded("sandboxes", TestGateway.SANDBOX),
                        new Event.IdentityDisabled(TestGateway.ALICE.identities().getFirst()))) {
            try (var client = new MinaClient()) {
                ClientSession session = client.login(gateway, TestGateway.newKey());
                Eventually.holds(() -> assertThat(gateway.live.list()).hasSize(1));
                gateway.live.on(event);
                assertThat(
                                session.waitFor(
                                        EnumSet.of(ClientSessionEvent.CLOSED), MinaClient.PATIENCE))
                        .contains(ClientSessionEvent.CLOSED);
                expectGone();
            }
        }
    }

    @Test
    @DisplayName("events for others end nothing")
    void otherEvents() throws Exception {
        gateway.start();
        try (var client = new MinaClient()) {
            ClientSession session = client.login(gateway, TestGateway.newKey());
            gateway.live.on(new Event.CredentialRevoked(new CredentialRef("keys", "2")));
            gateway.live.on(new Event.SandboxEnded("sandboxes", "another"));
            assertThat(MinaClient.run(session, "echo alive").out()).isEqualTo("alive\n");
        }
    }

    @Test
    @DisplayName("a lost sandbox ends its connections with its code")
    void sandboxLost() throws Exception {
        gateway.start();
        Process client = start("sleep 1000");
        CompletableFuture<byte[]> err = OpenSsh.read(client.getErrorStream());
        only();
        Eventually.holds(() -> assertThat(gateway.processes.lossListeners).hasSize(1));
        gateway.processes
                .lossListeners
                .getFirst()
                .accept(new Loss(RefusalCodes.BACKEND_LOST, "gone"));
        assertThat(client.waitFor()).isEqualTo(255);
        assertThat(new String(err.join(), StandardCharsets.UTF_8)).contains("backend.lost");
        expectGone();
    }

    @Test
    @DisplayName("a sandbox's end comes to its connections too")
    void endsAt() throws Exception {
        gateway.resolver =
                request ->
                        new Resolution.Found(
                                ((Resolution.Found)
                                                TestGateway.found(
                                                        request.identities().getFirst(),
                                                        SandboxState.RUNNING))
                                        .sandbox(),
                                request.identities().getFirst(),
                                SandboxState.RUNNING,
                                Optional.empty(),
                                Restrictions.NONE,
                                Optional.of(Instant.now().plusSeconds(2)));
        gateway.start();
        Process client = start("sleep 1000");
        CompletableFuture<byte[]> err = OpenSsh.read(client.getErrorStream());
        assertThat(client.waitFor()).isEqualTo(255);
        assertThat(new String(err.join(), StandardCharsets.UTF_8)).contains("sandbox.ended");
        expectGone();
    }

    @Test
    @DisplayName("a stopping gateway says so")
    void stopping() throws Exception {
        gateway.start();
        Process client = start("sleep 1000");
        CompletableFuture<byte[]> err = OpenSsh.read(client.getErrorStream());
        only();
        gateway.close();
        assertThat(client.waitFor()).isEqualTo(255);
        assertThat(new String(err.join(), StandardCharsets.UTF_8)).contains("gateway.stopping");
    }

    @Test
    @DisplayName("a channel that the client closes leaves the connection alone")
    void channelClosed() throws Exception {
        gateway.start();
        try (var client = new MinaClient()) {
            ClientSession session = client.login(gateway, TestGateway.newKey());
            ChannelExec channel = session.createExecChannel("yes");
            channel.open().verify(MinaClient.PATIENCE);
            ProcessBackend.Running running = only();
            channel.close(false);
            // Its output ends, so it dies of that
            Eventually.holds(() -> assertThat(running.process.isAlive()).isFalse());
            assertThat(MinaClient.run(session, "echo alive").out()).isEqualTo("alive\n");
        }
    }

    @Test
    @DisplayName("a client that does not answer is given up")
    void clientAlive() throws Exception {
        var base = TestGateway.SETTINGS;
        gateway.settings =
                new SshSettings(
                        base.ioThreads(),
                        base.loginGrace(),
                        base.maxAuthAttempts(),
                        base.maxChannels(),
                        base.maxForwards(),
                        Duration.ofMillis(300),
                        2,
                        base.rekeyBytes(),
                        base.rekeyInterval(),
                        base.windowMax(),
                        base.bufferMemory(),
                        base.banner(),
                        base.chacha(),
                        base.hangupGrace());
        gateway.start();
        Process client = start("sleep 1000");
        ProcessBackend.Running running = only();
        Thread.sleep(2000);
        assertThat(running.ends).isEmpty();
        // Stopped, not killed: its kernel still acknowledges everything
        new ProcessBuilder("kill", "-STOP", String.valueOf(client.pid())).start().waitFor();
        try {
            Eventually.holds(() -> assertThat(running.ends).contains(EndReason.HANGUP));
            expectGone();
        } finally {
            client.destroyForcibly();
        }
    }

    @Test
    @DisplayName("nothing of a connection stays behind")
    void nothingStays() throws Exception {
        gateway.start();
        try (var client = new MinaClient()) {
            for (int i = 0; i < 20; i++) {
                ClientSession session = client.login(gateway, TestGateway.newKey());
                MinaClient.run(session, "true");
                session.close(true);
            }
        }
        expectGone();
    }
}

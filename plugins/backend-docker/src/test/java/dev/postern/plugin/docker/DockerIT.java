// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import static dev.postern.testkit.docker.DockerEngineExtension.BUSYBOX;
import static dev.postern.testkit.docker.DockerEngineExtension.docker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.auth.Identity;
import dev.postern.api.backend.Capability;
import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.PtySpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.StartResult;
import dev.postern.api.error.PosternException;
import dev.postern.api.sandbox.Resolution;
import dev.postern.api.sandbox.ResumeRequest;
import dev.postern.api.sandbox.ResumeResult;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.api.sandbox.SandboxRequest;
import dev.postern.api.sandbox.SandboxState;
import dev.postern.api.value.Bytes;
import dev.postern.testkit.docker.DockerEngineExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The component against a real engine, without the agent. */
@DisplayName("backend-docker with the engine's own exec")
@ExtendWith(DockerEngineExtension.class)
@SuppressWarnings("NullAway.Init")
class DockerIT {
    private static final Identity ALICE = new Identity("keys", "alice", Optional.of("red"));

    private static DockerComponent component;

    @BeforeAll
    static void open() {
        component = new DockerComponent("docker", settings());
    }

    @AfterAll
    static void close() {
        component.close();
    }

    static DockerSettings settings() {
        return new DockerSettings(
                new EngineAddress.Unix(DockerEngineExtension.socket()),
                Duration.ofSeconds(30),
                "postern.sandbox",
                List.of("keys"),
                OpenAccess.ACCEPTED,
                Optional.empty(),
                false,
                List.of(),
                AgentMode.OFF,
                Path.of("/nonexistent"),
                "/.postern/agent");
    }

    private static String unique() {
        return "box-" + UUID.randomUUID();
    }

    private static String runBox(String sandbox, String... options) {
        List<String> line =
                new java.util.ArrayList<>(List.of("run", "-d", "-l", "postern.sandbox=" + sandbox));
        line.addAll(List.of(options));
        line.addAll(List.of(BUSYBOX, "sleep", "86400"));
        return docker(line.toArray(String[]::new));
    }

    private static Resolution resolve(String sandbox, Identity... who) throws InterruptedException {
        return component
                .sandboxResolver()
                .orElseThrow()
                .resolve(
                        new SandboxRequest(
                                "c1",
                                "main",
                                Optional.of(sandbox),
                                List.of(who),
                                Optional.empty(),
                                Optional.empty()));
    }

    private static SandboxRef found(String sandbox) throws InterruptedException {
        return ((Resolution.Found) resolve(sandbox, ALICE)).sandbox();
    }

    private static SandboxConnection connect(String sandbox) throws InterruptedException {
        return connect(sandbox, Optional.empty());
    }

    private static SandboxConnection connect(String sandbox, Optional<String> user)
            throws InterruptedException {
        return component
                .sessionBackend()
                .orElseThrow()
                .connect(
                        found(sandbox), new ConnectionContext("c1", ALICE, user, Optional.empty()));
    }

    private static SandboxProcess exec(SandboxConnection connection, String command)
            throws InterruptedException {
        return started(
                connection.start(
                        new ProcessSpec(
                                "s1",
                                new ProcessSpec.Exec(Bytes.utf8(command)),
                                Optional.empty(),
                                Map.of("LANG", "C.UTF-8"))));
    }

    private static SandboxProcess started(StartResult result) {
        assertThat(result).isInstanceOf(StartResult.Started.class);
        return ((StartResult.Started) result).process();
    }

    private static String text(SandboxProcess process) throws IOException {
        return new String(process.stdout().stream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName(
            "finds a container by its label, says who may open it, and refuses two of one label")
    void resolves() throws Exception {
        String open = unique();
        runBox(open);
        assertThat(resolve(open, ALICE))
                .isInstanceOfSatisfying(
                        Resolution.Found.class,
                        f -> {
                            assertThat(f.actor()).isEqualTo(ALICE);
                            assertThat(f.state()).isEqualTo(SandboxState.RUNNING);
                        });
        assertThat(resolve(open, new Identity("others", "alice")))
                .isInstanceOf(Resolution.Forbidden.class);
        assertThat(resolve(unique(), ALICE)).isInstanceOf(Resolution.NotFound.class);
        assertThat(resolve("a\"b", ALICE)).isInstanceOf(Resolution.NotFound.class);

        String bobs = unique();
        runBox(bobs, "-l", "postern.sandbox.users=bob, carol");
        assertThat(resolve(bobs, ALICE)).isInstanceOf(Resolution.Forbidden.class);
        assertThat(resolve(bobs, new Identity("keys", "carol")))
                .isInstanceOf(Resolution.Found.class);
        String reds = unique();
        runBox(reds, "-l", "postern.sandbox.teams=red");
        assertThat(resolve(reds, ALICE)).isInstanceOf(Resolution.Found.class);
        assertThat(resolve(reds, new Identity("keys", "bob")))
                .isInstanceOf(Resolution.Forbidden.class);

        runBox(open);
        assertThat(resolve(open, ALICE))
                .isInstanceOfSatisfying(
                        Resolution.Unavailable.class,
                        u -> assertThat(u.code()).isEqualTo(DockerCodes.AMBIGUOUS));
    }

    @Test
    @DisplayName("a container on the host's network is refused by name")
    void hostNetwork() throws Exception {
        String box = unique();
        runBox(box, "--network", "host");
        assertThat(resolve(box, ALICE))
                .isInstanceOfSatisfying(
                        Resolution.Unavailable.class,
                        u -> assertThat(u.code()).isEqualTo(DockerCodes.HOST_NETWORK));
    }

    @Test
    @DisplayName("a container without the label is not reached through a ref of another resolver")
    void notAllowed() {
        String id = docker("run", "-d", BUSYBOX, "sleep", "86400");
        SandboxRef ref =
                new SandboxRef("registry", "x", "", "docker", Map.of(DockerBackend.CONTAINER, id));
        assertThatThrownBy(() ->
                        component
                                .sessionBackend()
                                .orElseThrow()
                                .connect(
                                        ref,
                                        new ConnectionContext(
                                                "c1", ALICE, Optional.empty(), Optional.empty())))
                .isInstanceOfSatisfying(
                        PosternException.class,
                        e -> assertThat(e.code()).isEqualTo(DockerCodes.NOT_ALLOWED));
    }

    @Test
    @DisplayName("wakes a paused and a stopped container")
    void wakes() throws Exception {
        String box = unique();
        String id = runBox(box);
        docker("pause", id);
        SandboxRef paused = found(box);
        assertThat(((Resolution.Found) resolve(box, ALICE)).state()).isEqualTo(SandboxState.PAUSED);
        assertThat(resume(paused)).isInstanceOf(ResumeResult.Running.class);
        docker("kill", id);
        SandboxRef stopped = found(box);
        assertThat(resume(stopped))
                .isInstanceOfSatisfying(
                        ResumeResult.Running.class,
                        r ->
                                assertThat(r.sandbox().generation())
                                        .isNotEqualTo(stopped.generation()));
        docker("rm", "-f", id);
        assertThat(resume(stopped)).isInstanceOf(ResumeResult.Failed.class);
    }

    private static ResumeResult resume(SandboxRef ref) throws InterruptedException {
        return component
                .resumeHook()
                .orElseThrow()
                .resume(new ResumeRequest(ref, SandboxState.UNKNOWN, Duration.ofSeconds(30)));
    }

    @Test
    @DisplayName("exit codes, both streams, environment, end of stdin")
    void runsCommands() throws Exception {
        String box = unique();
        runBox(box);
        try (SandboxConnection connection = connect(box)) {
            SandboxProcess process = exec(connection, "echo out $LANG; echo err >&2; exit 7");
            assertThat(text(process)).isEqualTo("out C.UTF-8\n");
            assertThat(new String(process.stderr().stream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("err\n");
            assertThat(process.exit().get(30, TimeUnit.SECONDS))
                    .isEqualTo(new ExitStatus.Exited(7));

            byte[] sent = new byte[8 << 20];
            new Random(5).nextBytes(sent);
            SandboxProcess sum = exec(connection, "sha256sum");
            sum.stdin().stream().write(sent);
            sum.stdin().finish();
            assertThat(text(sum))
                    .startsWith(
                            HexFormat.of()
                                    .formatHex(MessageDigest.getInstance("SHA-256").digest(sent)));
        }
    }

    @Test
    @DisplayName("runs as the user that was asked for")
    void runsAsUser() throws Exception {
        String box = unique();
        runBox(box);
        try (SandboxConnection connection = connect(box, Optional.of("user"))) {
            assertThat(text(exec(connection, "id -un"))).isEqualTo("user\n");
        }
    }

    @Test
    @DisplayName("a terminal has its size")
    void terminal() throws Exception {
        String box = unique();
        runBox(box);
        try (SandboxConnection connection = connect(box)) {
            SandboxProcess process =
                    started(
                            connection.start(
                                    new ProcessSpec(
                                            "s1",
                                            new ProcessSpec.Exec(
                                                    Bytes.utf8(
                                                            "until [ \"$(stty size)\" = '50 132' ]; do sleep 0.1; done; stty size; echo $TERM")),
                                            Optional.of(
                                                    new PtySpec(
                                                            "xterm",
                                                            new PtySize(132, 50, 0, 0),
                                                            Map.of())),
                                            Map.of())));
            assertThat(text(process)).contains("50 132").contains("xterm");
        }
    }

    @Test
    @DisplayName("declares neither signals nor forwarding nor files without the agent")
    void capabilities() throws Exception {
        String box = unique();
        runBox(box);
        try (SandboxConnection connection = connect(box)) {
            assertThat(connection.capabilities())
                    .contains(Capability.EXEC, Capability.PTY)
                    .doesNotContain(
                            Capability.SIGNAL,
                            Capability.DIAL_TCP,
                            Capability.FILES,
                            Capability.SFTP_STREAM);
        }
    }

    @Test
    @DisplayName(
            "an engine that does not answer is an exception with its code, and the health says so")
    void engineDown() {
        DockerSettings s = settings();
        DockerSettings nowhere =
                new DockerSettings(
                        new EngineAddress.Unix(Path.of("/nonexistent/docker.sock")),
                        s.timeout(),
                        s.label(),
                        s.accepts(),
                        s.openAccess(),
                        s.user(),
                        s.hostNetwork(),
                        s.attach(),
                        s.agent(),
                        s.agentDirectory(),
                        s.agentPath());
        try (DockerComponent down = new DockerComponent("docker", nowhere)) {
            assertThatThrownBy(() ->
                            down.sandboxResolver()
                                    .orElseThrow()
                                    .resolve(
                                            new SandboxRequest(
                                                    "c1",
                                                    "main",
                                                    Optional.of("x"),
                                                    List.of(ALICE),
                                                    Optional.empty(),
                                                    Optional.empty())))
                    .isInstanceOfSatisfying(
                            PosternException.class,
                            e -> assertThat(e.code()).isEqualTo(DockerCodes.ENGINE_UNREACHABLE));
            assertThat(down.health().up()).isFalse();
        }
    }
}

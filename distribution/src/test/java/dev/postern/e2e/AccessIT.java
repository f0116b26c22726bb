// SPDX-License-Identifier: Apache-2.0
package dev.postern.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in and who does not, and what the management commands say. */
@DisplayName("Access to the quickstart gateway")
@SuppressWarnings("NullAway.Init")
class AccessIT {
    @TempDir static Path base;

    private static Installation postern;

    @BeforeAll
    static void start() {
        postern = Installation.start(base);
    }

    @AfterAll
    static void stop() {
        postern.close();
    }

    private static Path newKey(String name, String... options) {
        Path file = base.resolve(name);
        List<String> command =
                new ArrayList<>(
                        List.of("ssh-keygen", "-q", "-N", "", "-C", name, "-f", file.toString()));
        command.addAll(List.of(options));
        assertThat(Programs.run(command).status()).isZero();
        return file;
    }

    private static Path newKey(String name) {
        return newKey(name, "-t", "ed25519");
    }

    private static Result sshWith(String user, List<Path> keys, String... options) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "ssh",
                                "-F",
                                "none",
                                "-p",
                                String.valueOf(postern.port()),
                                "-o",
                                "IdentitiesOnly=yes",
                                "-o",
                                "BatchMode=yes",
                                "-o",
                                "UserKnownHostsFile=" + postern.state().resolve("known_hosts"),
                                "-o",
                                "StrictHostKeyChecking=yes",
                                "-o",
                                "IdentityAgent=none"));
        for (Path key : keys) {
            command.addAll(List.of("-i", key.toString()));
        }
        command.addAll(List.of(options));
        command.addAll(List.of(user + "@127.0.0.1", "echo in"));
        return Programs.run(command, new byte[0], Map.of("HOME", postern.home().toString()));
    }

    private static String owner() {
        return postern.posternJson("sandbox", "get", "demo").path("owner").asText();
    }

    @Test
    @DisplayName("sandbox get shows host, port and user name")
    void sandboxGet() {
        JsonNode ssh = postern.posternJson("sandbox", "get", "demo").path("ssh");
        assertThat(ssh.path("host").asText()).isEqualTo("127.0.0.1");
        assertThat(ssh.path("port").asInt()).isEqualTo(postern.port());
        assertThat(ssh.path("username").asText()).isEqualTo("demo");
        assertThat(postern.postern("sandbox", "get", "demo").text())
                .contains("ssh.host:")
                .contains("127.0.0.1");
    }

    @Test
    @DisplayName("of three keys the second opens the sandbox")
    void threeKeys() {
        Path first = newKey("three-1");
        Path second = newKey("three-2");
        Path third = newKey("three-3");
        assertThat(postern.postern("key", "add", second + ".pub", "--user", owner()).status())
                .isZero();
        assertThat(sshWith("demo", List.of(first, second, third)).text()).isEqualTo("in\n");
    }

    @Test
    @DisplayName("an unknown sandbox and a forbidden one look the same")
    void unknownAndForbidden() {
        assertThat(postern.postern("user", "add", "other").status()).isZero();
        Result added =
                postern.postern(
                        "sandbox", "add", "others-box", "--owner", "other", "--backend", "local");
        assertThat(added.status()).as(added.toString()).isZero();
        Result unknown = sshWith("no-such-box", List.of(postern.key()), "-v");
        Result forbidden = sshWith("others-box", List.of(postern.key()), "-v");
        assertThat(unknown.status()).isEqualTo(255);
        assertThat(visible(unknown, "no-such-box")).isEqualTo(visible(forbidden, "others-box"));
        assertThat(unknown.errors()).contains("sandbox.not-available");
    }

    /** What the client saw, without what differs from one connection to the next. */
    private static List<String> visible(Result result, String user) {
        return result.errors()
                .lines()
                .map(l ->
                        l.replace(user, "USER")
                                .replaceAll("connection [a-z0-9]+", "connection ID")
                                .replaceAll("[0-9a-f]{8,}", "ID")
                                .replaceAll("[0-9]+", "N"))
                .toList();
    }

    @Test
    @DisplayName(
            "a key opens the sandboxes of its user and no other; deleting it ends its sessions")
    void keyDeleted() {
        Path key = newKey("deleted");
        JsonNode added = postern.posternJson("key", "add", key + ".pub", "--user", owner());
        Process live =
                Programs.start(
                        List.of(
                                "ssh",
                                "-F",
                                "none",
                                "-p",
                                String.valueOf(postern.port()),
                                "-i",
                                key.toString(),
                                "-o",
                                "IdentitiesOnly=yes",
                                "-o",
                                "BatchMode=yes",
                                "-o",
                                "StrictHostKeyChecking=yes",
                                "-o",
                                "UserKnownHostsFile=" + postern.state().resolve("known_hosts"),
                                "-o",
                                "IdentityAgent=none",
                                "demo@127.0.0.1",
                                "sleep 4711.42"),
                        Map.of("HOME", postern.home().toString()));
        Programs.eventually(
                "the session runs",
                Duration.ofSeconds(20),
                () -> Programs.countProcesses("sleep 4711.42") >= 2);
        assertThat(
                        postern.postern(
                                        "key",
                                        "delete",
                                        added.path("id").asText(),
                                        "--user",
                                        owner())
                                .status())
                .isZero();
        Programs.eventually("the session ends", Duration.ofSeconds(10), () -> !live.isAlive());
        Programs.eventually(
                "nothing is left",
                Duration.ofSeconds(5),
                () -> Programs.countProcesses("sleep 4711.42") == 0);
        assertThat(sshWith("demo", List.of(key)).status()).isEqualTo(255);
    }

    @Test
    @DisplayName("nohup outlives a normal exit, and not a kill of the sandbox")
    void nohup() {
        Result added =
                postern.postern(
                        "sandbox", "add", "nohup-box", "--owner", owner(), "--backend", "local");
        assertThat(added.status()).as(added.toString()).isZero();
        Result started =
                Programs.finish(
                        postern.startSsh(
                                "nohup-box",
                                "nohup sleep 5150.25 >/dev/null 2>&1 </dev/null & echo started"),
                        new byte[0]);
        assertThat(started.text()).isEqualTo("started\n");
        assertThat(Programs.countProcesses("sleep 5150.25")).isEqualTo(1);
        Result killed = postern.postern("sandbox", "kill", "nohup-box");
        assertThat(killed.status()).as(killed.toString()).isZero();
        Programs.eventually(
                "nothing is left",
                Duration.ofSeconds(5),
                () -> Programs.countProcesses("sleep 5150.25") == 0);
        assertThat(Programs.finish(postern.startSsh("nohup-box", "true"), new byte[0]).status())
                .isEqualTo(255);
    }

    @Test
    @DisplayName(
            "session list shows who is in, session kill throws them out with everything they started")
    void sessionKill() {
        Process live = postern.startSsh("demo", "sleep 6161.16");
        Programs.eventually(
                "it runs",
                Duration.ofSeconds(20),
                () -> Programs.countProcesses("sleep 6161.16") >= 2);
        JsonNode sessions = postern.posternJson("session", "list").path("sessions");
        assertThat(sessions).hasSize(1);
        assertThat(postern.postern("session", "list").text()).contains("demo");
        String id = sessions.get(0).path("id").asText();
        assertThat(postern.postern("session", "kill", id).status()).isZero();
        Result ended = Programs.finish(live, new byte[0]);
        assertThat(ended.status()).isEqualTo(255);
        assertThat(ended.errors()).contains("session.killed");
        Programs.eventually(
                "nothing is left",
                Duration.ofSeconds(5),
                () -> Programs.countProcesses("sleep 6161.16") == 0);
    }

    @Test
    @DisplayName("key add refuses what is not a good public key, each with its own sentence")
    void keyAddRefusals() throws Exception {
        Path good = newKey("good");
        Path rsa = newKey("short-rsa", "-t", "rsa", "-b", "1024");
        String user = owner();
        Map<String, Result> refused =
                Map.of(
                        "private", postern.postern("key", "add", good.toString(), "--user", user),
                        "short", postern.postern("key", "add", rsa + ".pub", "--user", user),
                        "not a key",
                                postern.posternWithInput(
                                        "hello there\n"
                                                .getBytes(
                                                        java.nio.charset.StandardCharsets.US_ASCII),
                                        "key",
                                        "add",
                                        "-",
                                        "--user",
                                        user),
                        "missing",
                                postern.postern("key", "add", "/no/such/file.pub", "--user", user),
                        "no name",
                                postern.postern(
                                        "key",
                                        "add",
                                        "--key",
                                        Files.readString(Path.of(good + ".pub")).strip(),
                                        "--user",
                                        user));
        assertThat(postern.postern("key", "add", good + ".pub", "--user", user).status()).isZero();
        Result twice = postern.postern("key", "add", good + ".pub", "--user", user);
        assertThat(refused.values())
                .allSatisfy(r -> {
                    assertThat(r.status()).as(r.toString()).isNotZero();
                    assertThat(r.errors().strip().lines()).as(r.toString()).hasSize(1);
                    assertThat(r.errors()).doesNotContain("Exception").doesNotContain("\tat ");
                });
        assertThat(refused.values().stream().map(Result::errors).distinct())
                .hasSize(refused.size());
        assertThat(twice.status()).isNotZero();
        assertThat(twice.errors()).contains("already");
    }

    @Test
    @DisplayName("tokens: created once, listed without secret, revoked")
    void tokens() {
        JsonNode made =
                postern.posternJson("token", "create", "--subject", "ci", "--role", "operator");
        String secret = made.path("token").asText();
        assertThat(secret).isNotEmpty();
        Result listed = postern.postern("token", "list");
        assertThat(listed.text()).contains("ci").doesNotContain(secret);
        assertThat(postern.postern("token", "revoke", made.path("id").asText()).status()).isZero();
    }

    @Test
    @DisplayName("explain says who would get where, without a login")
    void explain() {
        Result granted = postern.postern("explain", "demo", postern.key() + ".pub");
        assertThat(granted.status()).as(granted.toString()).isZero();
        assertThat(granted.text()).contains("granted");
        Result refused = postern.postern("explain", "no-such-box", postern.key() + ".pub");
        assertThat(refused.text()).contains("sandbox.not-available");
    }

    @Test
    @DisplayName(
            "an environment variable that policy does not name is not set, the gateway's own are")
    void environment() {
        Result result =
                Programs.finish(
                        postern.startSsh(
                                "demo",
                                "echo \"[$LD_PRELOAD] [$LANG] ${SSH_CONNECTION%% *} [$SSH_ORIGINAL_COMMAND]\"",
                                "-o",
                                "SetEnv=LD_PRELOAD=/tmp/evil.so LANG=C.UTF-8"),
                        new byte[0]);
        assertThat(result.text()).isEqualTo("[] [C.UTF-8] 127.0.0.1 []\n");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.admin.Role;
import dev.postern.api.auth.Identity;
import dev.postern.api.sandbox.Resolution;
import dev.postern.testkit.plugin.ApiCaller;
import dev.postern.testkit.plugin.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds in each dialect. */
abstract class RegistryRules {
    private static final Identity ALICE = new Identity("keys", "alice");
    private static final String DEMO =
            "{\"id\":\"demo\",\"owner\":\"alice\",\"team\":\"red\",\"backend\":\"local\",\"attributes\":{\"image\":\"debian\"}}";

    @TempDir private Path folder;
    private RegistryRun run;

    /** A fresh database. */
    abstract TestDatabase database(Path folder);

    @BeforeEach
    void start() {
        run = new RegistryRun(database(folder), folder);
    }

    @AfterEach
    void stop() {
        run.close();
    }

    private String add(String body) {
        return run.api.text("POST", "/v1/sandboxes", body);
    }

    @Test
    void aSandboxIsShownWithTheAdvertisedEndpoint() {
        String made = add(DEMO);
        assertThat(made)
                .contains("\"attributes\":{\"image\":\"debian\"}")
                .contains("\"state\":\"registered\"")
                .contains(
                        "\"ssh\":{\"host\":\"ssh.example.org\",\"port\":2222,\"username\":\"demo\"}");
        assertThat(run.api.text("GET", "/v1/sandboxes/demo", "")).isEqualTo(made);
        assertThat(run.api.text("GET", "/v1/sandboxes", ""))
                .isEqualTo("{\"sandboxes\":[" + made + "]}");
    }

    @Test
    void ownerAndTeamMayOpenIt() {
        add(DEMO);
        assertThat(run.resolve("demo", ALICE))
                .isInstanceOfSatisfying(
                        Resolution.Found.class,
                        found -> {
                            assertThat(found.sandbox().backend()).isEqualTo("local");
                            assertThat(found.sandbox().attributes())
                                    .isEqualTo(Map.of("image", "debian"));
                            assertThat(found.endsAt()).isEmpty();
                        });
        Identity mate = new Identity("keys", "bob", Optional.of("red"));
        assertThat(run.resolve("demo", new Identity("keys", "bob", Optional.of("blue")), mate))
                .isInstanceOfSatisfying(
                        Resolution.Found.class, found -> assertThat(found.actor()).isEqualTo(mate));
        assertThat(run.resolve("demo", new Identity("keys", "bob")))
                .isInstanceOf(Resolution.Forbidden.class);
        assertThat(run.resolve("demo", new Identity("other", "alice")))
                .isInstanceOf(Resolution.Forbidden.class);
    }

    @Test
    void itsEndIsKnownAndThenItIsGone() {
        add("{\"id\":\"demo\",\"owner\":\"alice\",\"backend\":\"local\",\"expires_in\":\"5m\"}");
        Instant end = run.context.clock().instant().plus(Duration.ofMinutes(5));
        assertThat(run.resolve("demo", ALICE))
                .isInstanceOfSatisfying(
                        Resolution.Found.class, found -> assertThat(found.endsAt()).contains(end));
        run.context.clock().move(Duration.ofMinutes(5));
        assertThat(run.resolve("demo", ALICE)).isInstanceOf(Resolution.NotFound.class);
        assertThat(run.api.text("GET", "/v1/sandboxes/demo", "")).contains("\"state\":\"expired\"");
        String again = add(DEMO);
        assertThat(again).contains("registered");
        assertThat(run.local.destroyed).containsExactly("registry/demo{}");
        assertThat(run.resolve("demo", ALICE)).isInstanceOf(Resolution.Found.class);
    }

    @Test
    void aKillEndsItRemovesItAndForgetsIt() {
        add(DEMO);
        run.api.text("DELETE", "/v1/sandboxes/demo", "");
        assertThat(run.local.destroyed).containsExactly("registry/demo{image=debian}");
        assertThat(run.context.committedEvents())
                .containsExactly("SandboxEnded[resolver=registry, id=demo]");
        assertThat(run.resolve("demo", ALICE)).isInstanceOf(Resolution.NotFound.class);
        assertThat(run.api.problem("GET", "/v1/sandboxes/demo", ""))
                .isEqualTo("404 registry.sandbox-unknown");
        assertThat(run.api.problem("DELETE", "/v1/sandboxes/demo", ""))
                .isEqualTo("404 registry.sandbox-unknown");
    }

    @Test
    void aKillThatItsBackendCannotFinishCanBeRepeated() {
        add(DEMO);
        run.local.failing = true;
        assertThat(run.api.problem("DELETE", "/v1/sandboxes/demo", ""))
                .isEqualTo("502 registry.destroy-failed");
        assertThat(run.resolve("demo", ALICE)).isInstanceOf(Resolution.NotFound.class);
        assertThat(run.context.committedEvents()).hasSize(1);
        assertThat(run.api.text("GET", "/v1/sandboxes/demo", "")).contains("\"ending\"");
        assertThat(run.api.problem("POST", "/v1/sandboxes", DEMO))
                .isEqualTo("409 registry.sandbox-exists");
        run.local.failing = false;
        run.api.text("DELETE", "/v1/sandboxes/demo", "");
        assertThat(run.local.destroyed).hasSize(1);
        add(DEMO);
        assertThat(run.resolve("demo", ALICE)).isInstanceOf(Resolution.Found.class);
    }

    @Test
    void whatIsThereIsNoConflictWhereTheCallerSaysSo() {
        String made = add(DEMO);
        assertThat(run.api.problem("POST", "/v1/sandboxes", DEMO))
                .isEqualTo("409 registry.sandbox-exists");
        assertThat(run.api.text("POST", "/v1/sandboxes?if-absent=true", DEMO)).isEqualTo(made);
        assertThat(
                        run.api.problem(
                                "POST",
                                "/v1/sandboxes?if-absent=true",
                                DEMO.replace("alice", "bob")))
                .isEqualTo("409 registry.sandbox-exists");
    }

    @Test
    void ofManyWhoRegisterAtOnceOneSucceeds() {
        List<CompletableFuture<String>> all =
                IntStream.range(0, 8)
                        .mapToObj(_ ->
                                CompletableFuture.supplyAsync(
                                        () -> run.api.problem("POST", "/v1/sandboxes", DEMO)))
                        .toList();
        List<String> answers = all.stream().map(CompletableFuture::join).toList();
        assertThat(answers).filteredOn(a -> a.startsWith("no problem")).hasSize(1);
        assertThat(answers)
                .filteredOn(a -> !a.startsWith("no problem"))
                .containsOnly("409 registry.sandbox-exists");
    }

    @Test
    void aUserSeesAndEndsTheUsersOwn() {
        add(DEMO);
        add("{\"id\":\"other\",\"owner\":\"bob\",\"backend\":\"plain\"}");
        ApiCaller alice = run.api.asUser("alice");
        assertThat(alice.text("GET", "/v1/sandboxes", ""))
                .contains("\"demo\"")
                .doesNotContain("\"other\"");
        assertThat(alice.problem("GET", "/v1/sandboxes/other", ""))
                .isEqualTo("404 registry.sandbox-unknown");
        assertThat(alice.problem("DELETE", "/v1/sandboxes/other", ""))
                .isEqualTo("404 registry.sandbox-unknown");
        ApiCaller mate = run.api.as(Role.USER, "carol", Optional.of("red"));
        assertThat(mate.text("GET", "/v1/sandboxes/demo", "")).contains("\"demo\"");
        run.api.asUser("bob").text("DELETE", "/v1/sandboxes/other", "");
        assertThat(run.api.text("GET", "/v1/sandboxes", "")).doesNotContain("\"other\"");
    }

    @Test
    void eachMistakeHasItsOwnCode() {
        assertThat(run.api.problem("POST", "/v1/sandboxes", DEMO.replace("demo", "../x")))
                .isEqualTo("400 registry.sandbox-id");
        assertThat(run.api.problem("POST", "/v1/sandboxes", DEMO.replace("local", "docker")))
                .isEqualTo("400 registry.backend-not-listed");
        assertThat(run.api.problem("POST", "/v1/sandboxes", DEMO.replace("owner", "ownr")))
                .isEqualTo("400 registry.bad-request");
        assertThat(run.api.problem("POST", "/v1/sandboxes", "{"))
                .isEqualTo("400 registry.bad-request");
        assertThat(
                        run.api.problem(
                                "POST",
                                "/v1/sandboxes",
                                DEMO.replace("{\"image\":\"debian\"}", "[1]")))
                .isEqualTo("400 registry.bad-request");
        assertThat(run.api.problem("POST", "/v1/sandboxes", DEMO.replace("debian", "a\\u0000b")))
                .isEqualTo("400 registry.bad-request");
        assertThat(run.api.problem("GET", "/v1/sandboxes/\0", ""))
                .isEqualTo("404 registry.sandbox-unknown");
    }
}

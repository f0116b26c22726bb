// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.auth.Confirmation;
import dev.postern.api.auth.Granted;
import dev.postern.api.auth.Identity;
import dev.postern.api.key.SshPublicKey;
import dev.postern.testkit.plugin.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds in each dialect. */
abstract class KeyStoreRules {
    @TempDir private Path folder;
    private PubkeyDbRun run;

    /** A fresh database. */
    abstract TestDatabase database(Path folder);

    @BeforeEach
    void start() {
        run = new PubkeyDbRun(database(folder), folder, "");
        run.call("POST", "/v1/users", "{\"name\":\"alice\",\"teams\":[\"red\",\"blue\"]}");
    }

    @AfterEach
    void stop() {
        run.close();
    }

    private String add(SshPublicKey key) {
        return KeyRoutesTest.field(
                run.call(
                        "POST",
                        "/v1/users/alice/ssh-keys",
                        "{\"name\":\"n\",\"public_key\":\"" + key.line() + "\"}"),
                "id");
    }

    @Test
    void aKeyIsOneIdentityATeam() throws InterruptedException {
        SshPublicKey key = Keys.fresh();
        add(key);
        assertThat(run.authenticator().evaluate(Keys.offer(key)))
                .isInstanceOfSatisfying(
                        Granted.class,
                        granted ->
                                assertThat(granted.identities())
                                        .containsExactly(
                                                new Identity("keys", "alice", Optional.of("blue")),
                                                new Identity("keys", "alice", Optional.of("red"))));
    }

    @Test
    void aConfirmedLoginIsNoted() throws InterruptedException {
        SshPublicKey key = Keys.fresh();
        add(key);
        Granted granted = (Granted) run.authenticator().evaluate(Keys.offer(key));
        assertThat(run.call("GET", "/v1/users/alice/ssh-keys", "")).doesNotContain("last_used_at");
        assertThat(run.authenticator().confirm(Keys.offer(key), granted))
                .isEqualTo(Confirmation.CONFIRMED);
        assertThat(run.call("GET", "/v1/users/alice/ssh-keys", "")).contains("last_used_at");
        run.call("PATCH", "/v1/users/alice", "{\"disabled\":true}");
        assertThat(run.authenticator().confirm(Keys.offer(key), granted))
                .isInstanceOf(Confirmation.Refused.class);
    }

    @Test
    void ofManyWhoAddTheSameKeyAtOnceOneSucceeds() {
        String body = "{\"name\":\"n\",\"public_key\":\"" + Keys.fresh().line() + "\"}";
        List<CompletableFuture<String>> all =
                IntStream.range(0, 8)
                        .mapToObj(_ ->
                                CompletableFuture.supplyAsync(() ->
                                        run.problem("POST", "/v1/users/alice/ssh-keys", body)))
                        .toList();
        List<String> answers = all.stream().map(CompletableFuture::join).toList();
        assertThat(answers).filteredOn(a -> a.startsWith("no problem")).hasSize(1);
        assertThat(answers)
                .filteredOn(a -> !a.startsWith("no problem"))
                .containsOnly("409 pubkeydb.key-duplicate");
    }

    @Test
    void usersAreListedWithTheirTeams() {
        run.call("POST", "/v1/users", "{\"name\":\"bob\"}");
        String users = run.call("GET", "/v1/users", "");
        assertThat(users)
                .contains("\"name\":\"alice\",\"teams\":[\"blue\",\"red\"]")
                .contains("\"name\":\"bob\",\"teams\":[]");
    }

    @Test
    void aDeletedUserLeavesNothing() throws InterruptedException {
        SshPublicKey key = Keys.fresh();
        add(key);
        run.call("DELETE", "/v1/users/alice", "");
        assertThat(run.authenticator().evaluate(Keys.offer(key))).isNotInstanceOf(Granted.class);
        run.call("POST", "/v1/users", "{\"name\":\"alice\"}");
        assertThat(run.call("GET", "/v1/users/alice/ssh-keys", "")).isEqualTo("{\"ssh_keys\":[]}");
    }

    @Test
    void hostileNamesAreOnlyNames() {
        Stream.of("'; DROP TABLE pubkey_user; --", "%", "\u0000", "a".repeat(64))
                .forEach(name ->
                        assertThat(run.problem("GET", "/v1/users/" + name, ""))
                                .as(name)
                                .isEqualTo("404 pubkeydb.user-unknown"));
        assertThat(run.call("GET", "/v1/users", "")).contains("alice");
    }
}

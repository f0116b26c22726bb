// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.api.key.SshPublicKey;
import dev.postern.keys.Ed25519KeyPair;
import dev.postern.testkit.plugin.ApiCaller;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRoutesTest {
    @TempDir private Path folder;
    private PubkeyDbRun run;

    @BeforeEach
    void start() {
        run = PubkeyDbRun.sqlite(folder);
        run.call("POST", "/v1/users", "{\"name\":\"alice\",\"teams\":[\"red\"]}");
    }

    @AfterEach
    void stop() {
        run.close();
    }

    static String field(String json, String name) {
        return tree(json).path(name).asText();
    }

    private static JsonNode tree(String json) {
        try {
            return new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static String keyBody(String line) {
        return new ObjectMapper()
                .createObjectNode()
                .put("name", "laptop")
                .put("public_key", line)
                .toString();
    }

    private String addProblem(String line) {
        return run.problem("POST", "/v1/users/alice/ssh-keys", keyBody(line));
    }

    @Test
    void aKeyIsShownAsItWasAdded() {
        SshPublicKey key = Keys.fresh();
        JsonNode made =
                tree(
                        run.call(
                                "POST",
                                "/v1/users/alice/ssh-keys",
                                keyBody(key.line() + " me@\u202ehost")));
        assertThat(made.path("public_key").asText()).isEqualTo(key.line());
        assertThat(made.path("fingerprint_sha256").asText()).isEqualTo(key.fingerprint());
        assertThat(made.path("key_type").asText()).isEqualTo("ssh-ed25519");
        assertThat(made.path("name").asText()).isEqualTo("laptop");
        assertThat(made.path("comment").asText()).isEqualTo("me@?host");
        assertThat(made.path("created_at").asText()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(tree(run.call("GET", "/v1/users/alice/ssh-keys", "")).path("ssh_keys"))
                .containsExactly(made);
    }

    @Test
    void eachMistakeHasItsOwnCode() {
        String good = Keys.fresh().line();
        run.call("POST", "/v1/users/alice/ssh-keys", keyBody(good));
        assertThat(addProblem(good)).isEqualTo("409 pubkeydb.key-duplicate");
        assertThat(addProblem(Ed25519KeyPair.generate().privateKeyFile("x")))
                .isEqualTo("400 pubkeydb.key-private-key");
        assertThat(addProblem("ssh-dss AAAAB3NzaC1kc3M=")).isEqualTo("400 pubkeydb.key-dsa");
        assertThat(addProblem("hello world")).isEqualTo("400 pubkeydb.key-not-a-key");
        assertThat(addProblem(good + "\n" + good)).isEqualTo("400 pubkeydb.key-several-lines");
        assertThat(addProblem("restrict " + good)).isEqualTo("400 pubkeydb.key-options");
        assertThat(
                        run.problem(
                                "POST",
                                "/v1/users/alice/ssh-keys",
                                "{\"public_key\":\"" + Keys.fresh().line() + "\"}"))
                .isEqualTo("400 pubkeydb.key-name");
        assertThat(run.problem("POST", "/v1/users/bob/ssh-keys", keyBody(Keys.fresh().line())))
                .isEqualTo("404 pubkeydb.user-unknown");
        assertThat(run.problem("POST", "/v1/users", "{\"name\":\"alice\"}"))
                .isEqualTo("409 pubkeydb.user-exists");
        assertThat(run.problem("POST", "/v1/users", "{\"name\":\"../x\"}"))
                .isEqualTo("400 pubkeydb.user-name");
        assertThat(run.problem("POST", "/v1/users", "{\"nam\":\"x\"}"))
                .isEqualTo("400 pubkeydb.bad-request");
        assertThat(run.problem("POST", "/v1/users", "[")).isEqualTo("400 pubkeydb.bad-request");
        assertThat(run.problem("DELETE", "/v1/users/alice/ssh-keys/none", ""))
                .isEqualTo("404 pubkeydb.key-unknown");
        assertThat(run.problem("GET", "/v1/users/bob", "")).isEqualTo("404 pubkeydb.user-unknown");
    }

    @Test
    void whatIsThereIsNoConflictWhereTheCallerSaysSo() {
        String first = run.call("POST", "/v1/users?if-absent=true", "{\"name\":\"bob\"}");
        assertThat(run.call("POST", "/v1/users?if-absent=true", "{\"name\":\"bob\"}"))
                .isEqualTo(first);
        assertThat(
                        run.problem(
                                "POST",
                                "/v1/users?if-absent=true",
                                "{\"name\":\"bob\",\"teams\":[\"red\"]}"))
                .isEqualTo("409 pubkeydb.user-exists");
        String body = keyBody(Keys.fresh().line());
        String key = run.call("POST", "/v1/users/bob/ssh-keys?if-absent=true", body);
        assertThat(run.call("POST", "/v1/users/bob/ssh-keys?if-absent=true", body)).isEqualTo(key);
        assertThat(run.problem("POST", "/v1/users/alice/ssh-keys?if-absent=true", body))
                .isEqualTo("409 pubkeydb.key-duplicate");
    }

    @Test
    void aUserManagesThatUserAlone() {
        ApiCaller alice = run.api.asUser("alice");
        String body = keyBody(Keys.fresh().line());
        assertThat(alice.call("POST", "/v1/users/alice/ssh-keys", body).status()).isEqualTo(201);
        run.call("POST", "/v1/users", "{\"name\":\"bob\"}");
        assertThat(alice.problem("GET", "/v1/users/bob/ssh-keys", ""))
                .isEqualTo("403 pubkeydb.not-yours");
        assertThatThrownBy(() -> alice.call("GET", "/v1/users", ""))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void whatTakesAwayPublishesItInTheSameCommit() {
        String id =
                field(
                        run.call("POST", "/v1/users/alice/ssh-keys", keyBody(Keys.fresh().line())),
                        "id");
        assertThat(run.problem("DELETE", "/v1/users/alice/ssh-keys/none", "")).startsWith("404");
        assertThat(run.context.committedEvents()).isEmpty();
        run.call("DELETE", "/v1/users/alice/ssh-keys/" + id, "");
        run.call("PATCH", "/v1/users/alice", "{\"disabled\":true}");
        run.call("PATCH", "/v1/users/alice", "{\"disabled\":false}");
        run.call("DELETE", "/v1/users/alice", "");
        assertThat(run.context.committedEvents())
                .hasSize(3)
                .satisfiesExactly(
                        revoked -> assertThat(revoked).contains("CredentialRevoked").contains(id),
                        off -> assertThat(off).contains("IdentityDisabled").contains("keys:alice"),
                        gone -> assertThat(gone).contains("IdentityDisabled"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.key.SshPublicKey;
import dev.postern.testkit.contract.AuthenticatorContract;
import dev.postern.testkit.contract.AuthenticatorSubject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class KeyAuthenticatorContractTest extends AuthenticatorContract {
    @TempDir private Path folder;

    @Override
    protected AuthenticatorSubject subject() {
        return new Subject(PubkeyDbRun.sqlite(folder));
    }

    private static final class Subject implements AuthenticatorSubject {
        private final PubkeyDbRun run;
        private final SshPublicKey good = Keys.fresh();
        private final SshPublicKey expired = Keys.fresh();
        private final SshPublicKey disabled = Keys.fresh();
        private final String id;

        Subject(PubkeyDbRun run) {
            this.run = run;
            run.call("POST", "/v1/users", "{\"name\":\"alice\",\"teams\":[\"red\",\"blue\"]}");
            run.call("POST", "/v1/users", "{\"name\":\"carol\"}");
            add("carol", disabled, "1h");
            run.call("PATCH", "/v1/users/carol", "{\"disabled\":true}");
            add("alice", expired, "1m");
            id = KeyRoutesTest.field(add("alice", good, "30d"), "id");
            run.context.clock().move(Duration.ofMinutes(1));
        }

        private String add(String user, SshPublicKey key, String lifetime) {
            return run.call(
                    "POST",
                    "/v1/users/" + user + "/ssh-keys",
                    "{\"name\":\"n\",\"public_key\":\""
                            + key.line()
                            + "\",\"expires_in\":\""
                            + lifetime
                            + "\"}");
        }

        @Override
        public String name() {
            return PubkeyDbRun.NAME;
        }

        @Override
        public Authenticator authenticator() {
            return run.authenticator();
        }

        @Override
        public AuthOffer granted() {
            return Keys.offer(good);
        }

        @Override
        public Map<String, AuthOffer> refused() {
            return Map.of(
                    "an unknown key", Keys.offer(Keys.fresh()),
                    "an expired key", Keys.offer(expired),
                    "the key of a user who is disabled", Keys.offer(disabled));
        }

        @Override
        public Object state() {
            return run.call("GET", "/v1/users", "")
                    + run.call("GET", "/v1/users/alice/ssh-keys", "")
                    + run.call("GET", "/v1/users/carol/ssh-keys", "");
        }

        @Override
        public Optional<Runnable> revoke() {
            return Optional.of(() -> run.call("DELETE", "/v1/users/alice/ssh-keys/" + id, ""));
        }

        @Override
        public Optional<Runnable> breakStore() {
            return Optional.of(run.source::fail);
        }

        @Override
        public Optional<Runnable> stallStore() {
            return Optional.of(run.source::stall);
        }

        @Override
        public void close() {
            run.close();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.auth.Granted;
import dev.postern.api.error.PosternException;
import dev.postern.api.key.SshPublicKey;
import dev.postern.testkit.plugin.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store in a file. */
class KeyStoreTest extends KeyStoreRules {
    @Override
    TestDatabase database(Path folder) {
        return TestDatabase.sqlite(folder);
    }

    @Test
    void aLockedFileRefusesTheLoginAndHealsByItself(@TempDir Path folder) throws Exception {
        SshPublicKey key = Keys.fresh();
        TestDatabase database = TestDatabase.sqlite(folder, Duration.ofMillis(200));
        try (PubkeyDbRun run = new PubkeyDbRun(database, folder, "lookup-timeout = 1s")) {
            run.call("POST", "/v1/users", "{\"name\":\"alice\"}");
            run.call(
                    "POST",
                    "/v1/users/alice/ssh-keys",
                    "{\"name\":\"n\",\"public_key\":\"" + key.line() + "\"}");
            Granted granted = (Granted) run.authenticator().evaluate(Keys.offer(key));
            try (Connection other = database.source().getConnection();
                    Statement statement = other.createStatement()) {
                other.setAutoCommit(false);
                statement.execute("UPDATE pubkey_key SET name = 'locked'");
                assertThatThrownBy(() -> run.authenticator().confirm(Keys.offer(key), granted))
                        .isInstanceOf(PosternException.class);
                other.rollback();
                other.setAutoCommit(true);
            }
            assertThat(run.authenticator().confirm(Keys.offer(key), granted)).isNotNull();
        }
    }
}

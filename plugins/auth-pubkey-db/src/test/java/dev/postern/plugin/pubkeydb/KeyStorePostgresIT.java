// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.testkit.plugin.PostgresServer;
import dev.postern.testkit.plugin.TestDatabase;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store in a server, and its tables beside those in a file. */
class KeyStorePostgresIT extends KeyStoreRules {
    private static Optional<PostgresServer> server = Optional.empty();

    @BeforeAll
    static void startServer() throws Exception {
        server = PostgresServer.start();
        assumeTrue(server.isPresent(), "There is no PostgreSQL on this machine");
    }

    @AfterAll
    static void stopServer() {
        server.ifPresent(PostgresServer::close);
    }

    @Override
    TestDatabase database(Path folder) {
        return TestDatabase.at(server.orElseThrow().newDatabase(), folder);
    }

    @Test
    void theTablesAreTheSameInBothDialects(@TempDir Path one, @TempDir Path two) {
        try (TestDatabase file = TestDatabase.sqlite(one);
                TestDatabase table = database(two)) {
            new PubkeyDbRun(file, one, "");
            new PubkeyDbRun(table, two, "");
            assertThat(table.schema("pubkey_"))
                    .hasSizeGreaterThan(20)
                    .isEqualTo(file.schema("pubkey_"));
        }
    }
}

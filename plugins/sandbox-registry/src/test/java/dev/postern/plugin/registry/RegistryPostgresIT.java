// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

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

/** The registry in a server, and its tables beside those in a file. */
class RegistryPostgresIT extends RegistryRules {
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
            new RegistryRun(file, one);
            new RegistryRun(table, two);
            assertThat(table.schema("registry_"))
                    .hasSizeGreaterThan(12)
                    .isEqualTo(file.schema("registry_"));
        }
    }
}

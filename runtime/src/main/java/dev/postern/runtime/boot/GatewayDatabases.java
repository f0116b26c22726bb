// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import dev.postern.database.Database;
import dev.postern.runtime.config.DatabaseSettings;
import dev.postern.runtime.config.GatewaySettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** The configured databases, whose transactions may publish events, and the gateway's own. */
final class GatewayDatabases implements AutoCloseable {
    private static final String OWN = "gateway";
    private static final DatabaseSettings OWN_SETTINGS =
            new DatabaseSettings(
                    "jdbc:sqlite:gateway.db",
                    Optional.empty(),
                    Optional.empty(),
                    2,
                    Duration.ofSeconds(5));

    private final Databases configured;
    private final Databases own;
    private final Map<String, DataSource> hooked = new ConcurrentHashMap<>();

    GatewayDatabases(GatewaySettings settings) {
        configured = new Databases(settings.databases(), settings.stateDirectory());
        own = new Databases(Map.of(OWN, OWN_SETTINGS), settings.stateDirectory());
    }

    /**
     * A configured one.
     *
     * @throws dev.postern.api.error.ConfigException if there is none of that name
     */
    DataSource database(String name) {
        return hooked.computeIfAbsent(name, it -> CommitHooks.on(configured.database(it)));
    }

    /** Where the gateway keeps what is its own, such as the tokens of the admin API. */
    Database own() {
        return new Database(OWN, own.database(OWN));
    }

    @Override
    public void close() {
        own.close();
        configured.close();
    }
}

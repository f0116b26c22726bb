// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.postern.api.error.ConfigException;
import dev.postern.api.value.Secret;
import dev.postern.runtime.config.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * The pools of all configured databases. The gateway owns the drivers: two copies of SQLite's in one process lose
 * confirmed commits, because each drops the other's file locks.
 */
public final class Databases implements AutoCloseable {
    private static final String SQLITE = "jdbc:sqlite:";
    private static final String POSTGRESQL = "jdbc:postgresql:";

    private final Map<String, HikariDataSource> pools = new LinkedHashMap<>();

    /** Makes the pools; a server that does not answer is no reason not to start. */
    public Databases(Map<String, DatabaseSettings> settings, Path stateDirectory) {
        try {
            settings.forEach(
                    (name, database) -> pools.put(name, pool(name, database, stateDirectory)));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * The pool of that name; connections come with auto-commit on.
     *
     * @throws ConfigException if there is none
     */
    public DataSource database(String name) {
        HikariDataSource pool = pools.get(name);
        if (pool == null) {
            throw new ConfigException(
                    "There is no database '"
                            + name
                            + "', expected one of "
                            + String.join(", ", pools.keySet())
                            + " under postern.databases");
        }
        return pool;
    }

    @Override
    public void close() {
        List<HikariDataSource> reverse = new ArrayList<>(pools.values()).reversed();
        reverse.forEach(HikariDataSource::close);
    }

    private static HikariDataSource pool(
            String name, DatabaseSettings settings, Path stateDirectory) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("database-" + name);
        config.setConnectionTimeout(Math.max(250, settings.longestWait().toMillis()));
        config.setMaximumPoolSize(settings.connections());
        config.setInitializationFailTimeout(-1);
        settings.user().ifPresent(config::setUsername);
        settings.password().map(Secret::reveal).ifPresent(config::setPassword);
        if (settings.url().startsWith(SQLITE)) {
            sqlite(config, settings, stateDirectory);
        } else if (settings.url().startsWith(POSTGRESQL)) {
            config.setJdbcUrl(settings.url());
            config.setDriverClassName("org.postgresql.Driver");
        } else {
            throw new ConfigException(
                    "postern.databases."
                            + name
                            + ".url is '"
                            + settings.url()
                            + "', expected jdbc:sqlite:FILE or jdbc:postgresql://HOST/NAME");
        }
        return new HikariDataSource(config);
    }

    /** WAL with FULL: a commit that was confirmed survives kill -9 and a power cut. */
    private static void sqlite(
            HikariConfig config, DatabaseSettings settings, Path stateDirectory) {
        Path file = stateDirectory.resolve(settings.url().substring(SQLITE.length()));
        try {
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(
                        parent,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            if (!Files.exists(file)) {
                Files.createFile(
                        file,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
            }
        } catch (IOException e) {
            throw new ConfigException(
                    "The database file '" + file + "' cannot be made: " + StateDirectory.reason(e));
        }
        config.setJdbcUrl(SQLITE + file);
        config.setDriverClassName("org.sqlite.JDBC");
        config.addDataSourceProperty("journal_mode", "WAL");
        config.addDataSourceProperty("synchronous", "FULL");
        config.addDataSourceProperty("foreign_keys", "true");
        config.addDataSourceProperty(
                "busy_timeout", String.valueOf(settings.longestWait().toMillis()));
        // A transaction takes the write lock when it begins; one that reads first could not take it
        // later.
        config.addDataSourceProperty("transaction_mode", "IMMEDIATE");
    }
}

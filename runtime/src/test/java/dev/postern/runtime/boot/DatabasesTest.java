// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.error.ConfigException;
import dev.postern.runtime.config.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabasesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path state;

    private Databases open(String url) {
        return new Databases(
                Map.of(
                        "main",
                        new DatabaseSettings(
                                url, Optional.empty(), Optional.empty(), 3, Duration.ofSeconds(3))),
                state);
    }

    private static String pragma(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA " + name)) {
            return rows.getString(1);
        }
    }

    @Test
    void everyConnectionToSqliteKeepsWhatItConfirms() throws SQLException {
        try (Databases databases = open("jdbc:sqlite:main.db");
                Connection one = databases.database("main").getConnection();
                Connection two = databases.database("main").getConnection()) {
            for (Connection connection : new Connection[] {one, two}) {
                assertThat(pragma(connection, "journal_mode")).isEqualTo("wal");
                assertThat(pragma(connection, "synchronous")).isEqualTo("2");
                assertThat(pragma(connection, "foreign_keys")).isEqualTo("1");
                assertThat(pragma(connection, "busy_timeout")).isEqualTo("3000");
                assertThat(connection.getAutoCommit()).isTrue();
            }
        }
    }

    @Test
    void theFileAndItsDirectoriesAreForTheOwnerAlone() throws IOException, SQLException {
        try (Databases databases = open("jdbc:sqlite:deep/er/main.db");
                Connection connection = databases.database("main").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (x INTEGER)");
            for (String file :
                    new String[] {
                        "deep/er/main.db", "deep/er/main.db-wal", "deep/er/main.db-shm"
                    }) {
                assertThat(
                                PosixFilePermissions.toString(
                                        Files.getPosixFilePermissions(state.resolve(file))))
                        .as(file)
                        .isEqualTo("rw-------");
            }
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(state.resolve("deep/er"))))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void aWriterThatHoldsTheLockMakesTheNextFailInTime() throws SQLException {
        try (Databases databases = open("jdbc:sqlite:main.db");
                Connection one = databases.database("main").getConnection();
                Connection two = databases.database("main").getConnection()) {
            try (Statement statement = one.createStatement()) {
                statement.execute("CREATE TABLE t (x INTEGER)");
            }
            one.setAutoCommit(false);
            try (Statement statement = one.createStatement()) {
                statement.execute("INSERT INTO t VALUES (1)");
            }
            assertThatThrownBy(
                            () -> {
                                try (Statement statement = two.createStatement()) {
                                    statement.execute("INSERT INTO t VALUES (2)");
                                }
                            })
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("SQLITE_BUSY");
            try (Statement statement = two.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
                assertThat(rows.getInt(1)).as("readers go on").isZero();
            }
            one.commit();
        }
    }

    @Test
    void anUnknownNameIsRefusedWithTheKnownOnes() {
        try (Databases databases = open("jdbc:sqlite:main.db")) {
            assertThatThrownBy(() -> databases.database("mian"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("'mian'")
                    .hasMessageContaining("main");
        }
    }
}

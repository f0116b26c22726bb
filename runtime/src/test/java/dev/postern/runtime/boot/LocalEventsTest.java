// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.event.Event;
import dev.postern.runtime.config.DatabaseSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalEventsTest {
    private static final Event ENDED = new Event.SandboxEnded("registry", "demo");
    private static final Event OTHER = new Event.SandboxEnded("registry", "other");

    private final List<Event> first = new ArrayList<>();
    private final LocalEvents events = new LocalEvents(first::add);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Databases databases;

    @BeforeEach
    void open() {
        databases =
                new Databases(
                        Map.of(
                                "main",
                                new DatabaseSettings(
                                        "jdbc:sqlite:main.db",
                                        Optional.empty(),
                                        Optional.empty(),
                                        2,
                                        Duration.ofSeconds(5))),
                        directory);
    }

    @AfterEach
    void close() {
        databases.close();
        events.close();
    }

    private Connection transaction() throws SQLException {
        DataSource source = CommitHooks.on(databases.database("main"));
        Connection connection = source.getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS t (x INTEGER)");
        }
        connection.setAutoCommit(false);
        return connection;
    }

    @Test
    void listenersHearInOrderAndOneThatFailsKeepsNobodyFromIt() throws Exception {
        LinkedBlockingQueue<Event> heard = new LinkedBlockingQueue<>();
        try (AutoCloseable broken =
                        events.subscribe(it -> {
                            throw new IllegalStateException("deaf");
                        });
                AutoCloseable good = events.subscribe(heard::add)) {
            assertThat(broken).isNotSameAs(good);
            events.publish(ENDED);
            events.publish(OTHER);
            assertThat(first).containsExactly(ENDED, OTHER);
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo(ENDED);
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo(OTHER);
        }
    }

    @Test
    void anEventOfATransactionTakesEffectWhenItCommits() throws SQLException {
        try (Connection connection = transaction()) {
            events.publish(connection, ENDED);
            assertThat(first).isEmpty();
            connection.commit();
            assertThat(first).containsExactly(ENDED);
            connection.commit();
            assertThat(first).containsExactly(ENDED);
        }
    }

    @Test
    void anEventOfATransactionThatDoesNotCommitNeverDoes() throws SQLException {
        try (Connection connection = transaction()) {
            events.publish(connection, ENDED);
            connection.rollback();
            connection.commit();
        }
        try (Connection connection = transaction()) {
            events.publish(connection, ENDED);
        }
        try (Connection connection = transaction()) {
            connection.commit();
        }
        assertThat(first).isEmpty();
    }

    @Test
    void aSavepointLosesNoRevocation() throws SQLException {
        try (Connection connection = transaction()) {
            events.publish(connection, ENDED);
            Savepoint savepoint = connection.setSavepoint();
            connection.rollback(savepoint);
            connection.commit();
        }
        assertThat(first).containsExactly(ENDED);
    }

    @Test
    void turningAutoCommitOnCommits() throws SQLException {
        try (Connection connection = transaction()) {
            events.publish(connection, ENDED);
            connection.setAutoCommit(true);
            assertThat(first).containsExactly(ENDED);
            assertThatThrownBy(() -> events.publish(connection, OTHER))
                    .hasMessageContaining("auto-commit on");
        }
    }

    @Test
    void aConnectionOfSomebodyElseIsRefused() throws SQLException {
        try (Connection connection = databases.database("main").getConnection()) {
            assertThatThrownBy(() -> events.publish(connection, ENDED))
                    .hasMessageContaining("not one of the gateway's databases");
        }
    }
}

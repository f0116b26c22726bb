// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.plugin;

import dev.postern.api.event.Event;
import dev.postern.api.event.Events;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * Keeps events in a table, so that one that was published in a transaction is there if and only if that committed. Listeners
 * hear only events that were published without a transaction.
 */
public final class StoredEvents implements Events {
    private static final String TABLE =
            "CREATE TABLE IF NOT EXISTS testkit_event (number INTEGER NOT NULL, event TEXT NOT NULL)";

    private final DataSource source;
    private final CopyOnWriteArrayList<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();

    /** Events beside the tables of the store that publishes them. */
    public StoredEvents(DataSource source) {
        this.source = source;
    }

    @Override
    public void publish(Event event) {
        try (Connection connection = source.getConnection()) {
            publish(connection, event);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        listeners.forEach(l -> l.accept(event));
    }

    @Override
    public void publish(Connection transaction, Event event) throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            statement.execute(TABLE);
        }
        try (PreparedStatement insert =
                transaction.prepareStatement(
                        "INSERT INTO testkit_event SELECT COALESCE(MAX(number), 0) + 1, ? FROM testkit_event")) {
            insert.setString(1, event.toString());
            insert.executeUpdate();
        }
    }

    @Override
    public AutoCloseable subscribe(Consumer<Event> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** What was published and committed, in its order, each as its {@code toString}. */
    public List<String> committed() {
        List<String> events = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(TABLE);
            try (ResultSet rows =
                    statement.executeQuery("SELECT event FROM testkit_event ORDER BY number")) {
                while (rows.next()) {
                    events.add(rows.getString(1));
                }
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return List.copyOf(events);
    }
}

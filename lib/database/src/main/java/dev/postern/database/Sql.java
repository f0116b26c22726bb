// SPDX-License-Identifier: Apache-2.0
package dev.postern.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A statement with its values; every value is bound, none becomes part of the text. */
public final class Sql {
    private final String text;
    private final @Nullable Object[] values;

    private Sql(String text, @Nullable Object[] values) {
        this.text = text;
        this.values = values;
    }

    /**
     * A statement.
     *
     * @param text with a question mark a value
     * @param values texts, numbers, booleans (as 0 and 1), instants (as milliseconds since 1970), optionals of these
     */
    public static Sql of(String text, @Nullable Object... values) {
        return new Sql(text, values.clone());
    }

    /** Turns a row into a value. */
    @FunctionalInterface
    public interface Row<T> {
        /** Reads the current row. */
        T read(ResultSet row) throws SQLException;
    }

    /** All rows. */
    public <T> List<T> list(Connection connection, Row<T> row) throws SQLException {
        try (PreparedStatement statement = prepare(connection);
                ResultSet rows = statement.executeQuery()) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(row.read(rows));
            }
            return List.copyOf(all);
        }
    }

    /** The first row, if there is one. */
    public <T> Optional<T> first(Connection connection, Row<T> row) throws SQLException {
        return list(connection, row).stream().findFirst();
    }

    /** Changes rows and answers how many. */
    public int update(Connection connection) throws SQLException {
        try (PreparedStatement statement = prepare(connection)) {
            return statement.executeUpdate();
        }
    }

    /** A column with an instant that may be absent. */
    public static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    /** A column with a text that may be absent. */
    public static Optional<String> text(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column)).filter(t -> !t.isEmpty());
    }

    private PreparedStatement prepare(Connection connection) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text);
        try {
            for (int i = 0; i < values.length; i++) {
                bind(statement, i + 1, values[i]);
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    private static void bind(PreparedStatement statement, int at, @Nullable Object value)
            throws SQLException {
        switch (value) {
            case null -> statement.setObject(at, null);
            case Optional<?> optional -> bind(statement, at, optional.orElse(null));
            case Instant instant -> statement.setLong(at, instant.toEpochMilli());
            case Boolean bool -> statement.setInt(at, bool ? 1 : 0);
            case Integer number -> statement.setInt(at, number);
            case Long number -> statement.setLong(at, number);
            case String string -> statement.setString(at, string);
            default ->
                    throw new SQLException(
                            "A " + value.getClass().getSimpleName() + " cannot be bound");
        }
    }
}

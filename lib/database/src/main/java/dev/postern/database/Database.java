// SPDX-License-Identifier: Apache-2.0
package dev.postern.database;

import dev.postern.api.error.PosternException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * A store's way to its database. Blocking, any number of threads. A failure of the database is a {@link
 * PosternException} with {@code database.unavailable}: whoever asked is refused, never granted.
 */
public final class Database {
    private final String name;
    private final DataSource source;

    /**
     * Over a pool of the gateway's.
     *
     * @param name the database's configured name, for messages
     * @param source connections with auto-commit on
     */
    public Database(String name, DataSource source) {
        this.name = name;
        this.source = source;
    }

    /** Work on a connection. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it. */
        T on(Connection connection) throws SQLException;
    }

    /** Reads, each statement for itself. */
    public <T> T read(Work<T> work) {
        try (Connection connection = source.getConnection()) {
            return work.on(connection);
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /**
     * Writes in one transaction, which has committed when this returns. If it throws, nothing was done, unless the
     * connection broke while committing; then nobody knows, and the caller must take it as the worse of the two.
     */
    public <T> T write(Work<T> work) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                rollBack(connection, e);
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** Whether an exception says that a row of that key is there already. */
    public static boolean isDuplicate(SQLException e) {
        // SQLite: SQLITE_CONSTRAINT and its extended codes; PostgreSQL: unique_violation.
        return "23505".equals(e.getSQLState()) || (e.getErrorCode() & 0xff) == 19;
    }

    /** Runs statements that answer nothing. */
    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void rollBack(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private PosternException unavailable(SQLException e) {
        return new PosternException(
                DatabaseCodes.UNAVAILABLE,
                "Database '" + name + "' cannot be used: " + e.getMessage(),
                e);
    }
}

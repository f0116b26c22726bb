// SPDX-License-Identifier: Apache-2.0
package dev.postern.database;

import dev.postern.api.error.PosternException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * A store's way to its database. Blocking, any number of threads, virtual ones too: the work itself is done on platform
 * threads, since SQLite waits for locks and for the disk inside a native call, which would hold a carrier thread.
 *
 * <p>A failure of the database is a {@link PosternException} with {@code database.unavailable}: whoever asked is refused,
 * never granted. So is an interruption, which leaves the thread's interrupt flag set.
 */
public final class Database {
    /** Tries of a transaction that another one has got in the way of. */
    private static final int TRIES = 5;

    private final String name;
    private final DataSource source;
    private final Optional<Duration> longest;
    private final Optional<SchemaGate> schema;

    /**
     * Over a pool of the gateway's.
     *
     * @param name the database's configured name, for messages
     * @param source connections with auto-commit on
     */
    public Database(String name, DataSource source) {
        this(name, source, Optional.empty(), Optional.empty());
    }

    private Database(
            String name,
            DataSource source,
            Optional<Duration> longest,
            Optional<SchemaGate> schema) {
        this.name = name;
        this.source = source;
        this.longest = longest;
        this.schema = schema;
    }

    /**
     * The same database for a store, whose tables are brought up to date: now if the database answers, else before the
     * first use.
     *
     * @throws PosternException with {@code database.schema} if the tables cannot be brought up to date
     */
    public Database with(Migrations migrations) {
        SchemaGate gate = new SchemaGate(migrations, this);
        gate.begin();
        return new Database(name, source, longest, Optional.of(gate));
    }

    /** The same database for callers who give up after a time; what was begun may still be done after that. */
    public Database within(Duration time) {
        return new Database(name, source, Optional.of(time), schema);
    }

    /** Work on a connection. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it. */
        T on(Connection connection) throws SQLException;
    }

    /** Reads, each statement for itself. */
    public <T> T read(Work<T> work) {
        return DatabaseThreads.run(
                name,
                longest,
                () -> {
                    schema.ifPresent(SchemaGate::pass);
                    try (Connection connection = source.getConnection()) {
                        return work.on(connection);
                    } catch (SQLException e) {
                        throw unavailable(e);
                    }
                });
    }

    /**
     * Writes in one transaction, which has committed when this returns. If it throws, nothing was done, unless the
     * connection broke while committing or the caller gave up; then nobody knows, and the caller must take it as the
     * worse of the two.
     *
     * @param work does nothing but use the connection: it is done again if another transaction got in its way
     */
    public <T> T write(Work<T> work) {
        return DatabaseThreads.run(
                name,
                longest,
                () -> {
                    schema.ifPresent(SchemaGate::pass);
                    for (int left = TRIES - 1; ; left--) {
                        try {
                            return inTransaction(work);
                        } catch (SQLException e) {
                            if (left == 0 || !worthAnotherTry(e)) {
                                throw unavailable(e);
                            }
                        }
                    }
                });
    }

    private <T> T inTransaction(Work<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            Transaction.begin(connection);
            T result;
            try {
                result = work.on(connection);
            } catch (SQLException | RuntimeException e) {
                Transaction.rollBack(connection, e);
                throw e;
            }
            Transaction.commit(connection);
            return result;
        }
    }

    /** Whether an exception says that a row of that key is there already. */
    public static boolean isDuplicate(SQLException e) {
        // PostgreSQL: unique_violation. SQLite's driver has the extended code in the text only.
        String message = String.valueOf(e.getMessage());
        return "23505".equals(e.getSQLState())
                || message.contains("SQLITE_CONSTRAINT_UNIQUE")
                || message.contains("SQLITE_CONSTRAINT_PRIMARYKEY");
    }

    /**
     * PostgreSQL's serialization_failure and deadlock_detected, which say to do it again. SQLite waits for its lock by
     * itself, as long as the pool's setting says; who waited in vain is told.
     */
    private static boolean worthAnotherTry(SQLException e) {
        return "40001".equals(e.getSQLState()) || "40P01".equals(e.getSQLState());
    }

    /** Runs statements that answer nothing. */
    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private PosternException unavailable(SQLException e) {
        return new PosternException(
                DatabaseCodes.UNAVAILABLE,
                "Database '" + name + "' cannot be used: " + e.getMessage(),
                e);
    }
}

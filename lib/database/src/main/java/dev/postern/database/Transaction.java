// SPDX-License-Identifier: Apache-2.0
package dev.postern.database;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The three steps of a transaction, each so that a connection goes back to its pool as it came.
 *
 * <p>SQLite's driver needs care (3.54, measured by {@code DatabaseTest}). Its {@code commit} and {@code rollback} begin the next
 * transaction at once, which takes the write lock again, may wait for it, and may fail although the commit is done. And a
 * begin that fails leaves it in the belief that a transaction is open: the next one on that connection would be none, each
 * of its statements committed by itself. Turning auto-commit on is one commit and nothing else, in both dialects.
 */
final class Transaction {
    private Transaction() {}

    static void begin(Connection connection) throws SQLException {
        try {
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            leave(connection, e);
            throw e;
        }
    }

    static void commit(Connection connection) throws SQLException {
        try {
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            rollBack(connection, e);
            throw e;
        }
    }

    static void rollBack(Connection connection, Exception cause) {
        try {
            Database.execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
        leave(connection, cause);
    }

    /** Where the driver still takes itself to be in a transaction, it says so once and then believes that it is not. */
    private static void leave(Connection connection, Exception cause) {
        for (int tries = 0; tries < 2; tries++) {
            try {
                connection.setAutoCommit(true);
                return;
            } catch (SQLException e) {
                cause.addSuppressed(e);
            }
        }
    }
}

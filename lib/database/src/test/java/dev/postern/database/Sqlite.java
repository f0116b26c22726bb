// SPDX-License-Identifier: Apache-2.0
package dev.postern.database;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** A database file, opened as the gateway does. */
final class Sqlite {
    private Sqlite() {}

    static SQLiteDataSource open(Path file, int busyMillis) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(busyMillis);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    /** Takes the write lock until the connection is closed. */
    static Connection lock(Path file) throws SQLException {
        Connection connection = open(file, 1000).getConnection();
        connection.setAutoCommit(false);
        Database.execute(connection, "CREATE TABLE IF NOT EXISTS locked_by_a_test (id TEXT)");
        return connection;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/** The databases that Postern's stores are written for. */
public enum Dialect {
    /** A file, for one host. */
    SQLITE,
    /** A server, for many gateways. */
    POSTGRESQL;

    /** The dialect of a connection. */
    static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "SQLite" -> SQLITE;
            case "PostgreSQL" -> POSTGRESQL;
            default ->
                    throw new SQLException(
                            "The database is '" + product + "', expected SQLite or PostgreSQL");
        };
    }

    /** The name of its folder of migrations. */
    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.plugin;

import dev.postern.runtime.boot.Databases;
import dev.postern.runtime.config.DatabaseSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import javax.sql.DataSource;

/** A database as the gateway opens it, with its own pool. */
public final class TestDatabase implements AutoCloseable {
    private final Databases pools;

    private TestDatabase(String url, Path stateDirectory, Duration longestWait) {
        DatabaseSettings settings =
                new DatabaseSettings(url, Optional.empty(), Optional.empty(), 4, longestWait);
        pools = new Databases(Map.of("main", settings), stateDirectory);
    }

    /** A file in a folder, made if it is not there. */
    public static TestDatabase sqlite(Path folder) {
        return sqlite(folder, Duration.ofSeconds(5));
    }

    /** A file in a folder, with the longest wait for its lock. */
    public static TestDatabase sqlite(Path folder, Duration longestWait) {
        return new TestDatabase("jdbc:sqlite:test.db", folder, longestWait);
    }

    /** A database of a server. */
    public static TestDatabase at(String url, Path folder) {
        return new TestDatabase(url, folder, Duration.ofSeconds(5));
    }

    /** Its pool. */
    public DataSource source() {
        return pools.database("main");
    }

    /**
     * Tables with columns, keys and indexes, in a form that does not depend on the dialect; to compare what the migrations of
     * two dialects make.
     *
     * @param prefix of the tables' names
     */
    public List<String> schema(String prefix) {
        TreeSet<String> facts = new TreeSet<>();
        try (Connection connection = source().getConnection()) {
            DatabaseMetaData data = connection.getMetaData();
            try (ResultSet columns = data.getColumns(null, null, prefix + "%", "%")) {
                while (columns.next()) {
                    facts.add(
                            columns.getString("TABLE_NAME")
                                    + "."
                                    + columns.getString("COLUMN_NAME")
                                    + " "
                                    + kind(columns.getInt("DATA_TYPE"))
                                    + (columns.getInt("NULLABLE") == DatabaseMetaData.columnNoNulls
                                            ? " not null"
                                            : ""));
                }
            }
            for (String table : tables(data, prefix)) {
                try (ResultSet keys = data.getPrimaryKeys(null, null, table)) {
                    while (keys.next()) {
                        facts.add(
                                table
                                        + " key "
                                        + keys.getInt("KEY_SEQ")
                                        + " "
                                        + keys.getString("COLUMN_NAME"));
                    }
                }
                try (ResultSet indexes = data.getIndexInfo(null, null, table, false, true)) {
                    while (indexes.next()) {
                        String name = String.valueOf(indexes.getString("INDEX_NAME"));
                        // Those that a dialect makes for a primary key are named by the dialect.
                        if (name.startsWith(prefix) && !name.endsWith("_pkey")) {
                            facts.add(
                                    name.toLowerCase(Locale.ROOT)
                                            + (indexes.getBoolean("NON_UNIQUE") ? " " : " unique ")
                                            + indexes.getString("COLUMN_NAME"));
                        }
                    }
                }
                try (ResultSet foreign = data.getImportedKeys(null, null, table)) {
                    while (foreign.next()) {
                        facts.add(
                                table
                                        + "."
                                        + foreign.getString("FKCOLUMN_NAME")
                                        + " -> "
                                        + foreign.getString("PKTABLE_NAME")
                                        + "."
                                        + foreign.getString("PKCOLUMN_NAME"));
                    }
                }
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return List.copyOf(facts);
    }

    private static List<String> tables(DatabaseMetaData data, String prefix) throws SQLException {
        TreeSet<String> names = new TreeSet<>();
        try (ResultSet tables = data.getTables(null, null, prefix + "%", new String[] {"TABLE"})) {
            while (tables.next()) {
                names.add(tables.getString("TABLE_NAME"));
            }
        }
        return List.copyOf(names);
    }

    private static String kind(int type) {
        return switch (type) {
            case Types.INTEGER, Types.BIGINT, Types.SMALLINT, Types.TINYINT -> "number";
            case Types.VARCHAR, Types.CHAR, Types.LONGVARCHAR, Types.CLOB -> "text";
            case Types.BLOB, Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY -> "octets";
            default -> "type " + type;
        };
    }

    @Override
    public void close() {
        pools.close();
    }
}

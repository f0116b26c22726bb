// SPDX-License-Identifier: Apache-2.0
package dev.postern.database;

import dev.postern.api.error.PosternException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Brings a store's tables to the version that the code expects: numbered SQL files, one folder a dialect, each applied
 * once, all of them in one transaction that a second gateway waits for. A file that changed after it was applied, or a
 * database that is newer than the code, stops the start.
 */
public final class Migrations {
    /** One number for all gateways, so that two that start at once take turns (PostgreSQL's advisory locks). */
    private static final long LOCK = 0x506f_7374_6572_6eL;

    private final String store;
    private final Class<?> owner;
    private final List<String> names;

    /**
     * The migrations of a store.
     *
     * @param store name of the store; its own history, whatever else lies in the database
     * @param owner the class beside whose resources the files lie, as {@code db/DIALECT/NAME.sql}
     * @param names the files without their ending, in their order, such as {@code 001-keys}
     */
    public Migrations(String store, Class<?> owner, List<String> names) {
        this.store = store;
        this.owner = owner;
        this.names = List.copyOf(names);
    }

    /**
     * Applies what is missing.
     *
     * @throws PosternException with {@code database.schema} if that is not possible
     */
    public void apply(Database database) {
        database.write(connection -> {
            Dialect dialect = Dialect.of(connection);
            lock(connection, dialect);
            Database.execute(
                    connection,
                    "CREATE TABLE IF NOT EXISTS postern_migrations (store TEXT NOT NULL, name TEXT NOT NULL,"
                            + " checksum TEXT NOT NULL, PRIMARY KEY (store, name))");
            Map<String, String> applied = applied(connection);
            for (String name : names) {
                String sql = read(dialect, name);
                String known = applied.remove(name);
                if (known == null) {
                    for (String statement : statements(sql)) {
                        Database.execute(connection, statement);
                    }
                    Sql.of(
                                    "INSERT INTO postern_migrations (store, name, checksum) VALUES (?, ?, ?)",
                                    store,
                                    name,
                                    checksum(sql))
                            .update(connection);
                } else if (!known.equals(checksum(sql))) {
                    throw new PosternException(
                            DatabaseCodes.SCHEMA,
                            "Migration '"
                                    + name
                                    + "' of '"
                                    + store
                                    + "' is not the one that was applied to this database");
                }
            }
            if (!applied.isEmpty()) {
                throw new PosternException(
                        DatabaseCodes.SCHEMA,
                        "The database holds migrations of '"
                                + store
                                + "' that this version does not know: "
                                + String.join(", ", applied.keySet())
                                + "; it was used by a newer version");
            }
            return true;
        });
    }

    private static void lock(Connection connection, Dialect dialect) throws SQLException {
        switch (dialect) {
            case POSTGRESQL ->
                    Database.execute(connection, "SELECT pg_advisory_xact_lock(" + LOCK + ")");
            // The first write of a transaction takes SQLite's one write lock; without one another
            // may slip in between.
            case SQLITE ->
                    Database.execute(
                            connection,
                            "CREATE TABLE IF NOT EXISTS postern_migration_lock (taken INTEGER)");
        }
    }

    private Map<String, String> applied(Connection connection) throws SQLException {
        Map<String, String> applied = new TreeMap<>();
        Sql.of("SELECT name, checksum FROM postern_migrations WHERE store = ?", store)
                .list(
                        connection,
                        row ->
                                applied.put(row.getString("name"), row.getString("checksum"))
                                        == null);
        return applied;
    }

    private String read(Dialect dialect, String name) {
        String resource = "db/" + dialect.folder() + "/" + name + ".sql";
        try (InputStream in = owner.getResourceAsStream(resource)) {
            if (in == null) {
                throw new PosternException(
                        DatabaseCodes.SCHEMA, "Migration '" + resource + "' is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new PosternException(
                    DatabaseCodes.SCHEMA, "Migration '" + resource + "' cannot be read", e);
        }
    }

    /** Statements end in a semicolon at the end of a line; comments are whole lines. */
    private static List<String> statements(String sql) {
        List<String> statements = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        sql.lines()
                .filter(l -> !l.strip().startsWith("--") && !l.isBlank())
                .forEach(line -> {
                    current.append(line).append('\n');
                    if (line.stripTrailing().endsWith(";")) {
                        statements.add(current.toString());
                        current.setLength(0);
                    }
                });
        if (!current.isEmpty()) {
            statements.add(current.toString());
        }
        return statements;
    }

    private static String checksum(String sql) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(sql.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
        }
    }
}

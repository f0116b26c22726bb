// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import dev.postern.api.admin.ApiProblem;
import dev.postern.api.event.Event;
import dev.postern.api.event.Events;
import dev.postern.database.Database;
import dev.postern.database.Migrations;
import dev.postern.database.Sql;
import dev.postern.plugin.registry.Sandbox.State;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The table of sandboxes. */
final class SandboxStore {
    static final Migrations MIGRATIONS =
            new Migrations("sandbox-registry", SandboxStore.class, List.of("001-sandboxes"));

    private final String component;
    private final Database database;
    private final Database logins;
    private final InstantSource clock;
    private final Events events;

    /** The store over a database, and over the same one for logins, which give up sooner. */
    SandboxStore(
            String component,
            Database database,
            Database logins,
            InstantSource clock,
            Events events) {
        this.component = component;
        this.database = database;
        this.logins = logins;
        this.clock = clock;
        this.events = events;
    }

    List<Sandbox> all() {
        return database.read(c -> {
            Map<String, Map<String, String>> attributes = new HashMap<>();
            Sql.of("SELECT sandbox_id, name, value FROM registry_attribute")
                    .list(
                            c,
                            row ->
                                    attributes
                                                    .computeIfAbsent(
                                                            row.getString("sandbox_id"),
                                                            _ -> new HashMap<>())
                                                    .put(
                                                            row.getString("name"),
                                                            row.getString("value"))
                                            == null);
            return Sql.of("SELECT * FROM registry_sandbox ORDER BY id")
                    .list(
                            c,
                            row ->
                                    sandbox(
                                            row,
                                            attributes.getOrDefault(
                                                    row.getString("id"), Map.of())));
        });
    }

    Optional<Sandbox> find(String id) {
        return database.read(c -> find(c, id));
    }

    /** For a login: gives up sooner. */
    Optional<Sandbox> lookUp(String id) {
        return logins.read(c -> find(c, id));
    }

    /** Registers a sandbox. */
    Sandbox add(
            String id,
            String owner,
            Optional<String> team,
            String backend,
            Map<String, String> attributes,
            Optional<Duration> lifetime) {
        Instant now = clock.instant();
        return database.write(c -> {
            if (find(c, id).isPresent()) {
                throw exists(id);
            }
            try {
                Sql.of(
                                "INSERT INTO registry_sandbox (id, generation, owner, team, backend, state, created_at, expires_at)"
                                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                                id,
                                UUID.randomUUID().toString(),
                                owner,
                                team,
                                backend,
                                name(State.REGISTERED),
                                now,
                                lifetime.map(now::plus))
                        .update(c);
            } catch (SQLException e) {
                if (Database.isDuplicate(e)) {
                    throw exists(id);
                }
                throw e;
            }
            for (Map.Entry<String, String> attribute : attributes.entrySet()) {
                Sql.of(
                                "INSERT INTO registry_attribute (sandbox_id, name, value) VALUES (?, ?, ?)",
                                id,
                                attribute.getKey(),
                                attribute.getValue())
                        .update(c);
            }
            return find(c, id).orElseThrow();
        });
    }

    /**
     * Marks a sandbox as ending; with the same commit its connections end and no login finds it any more. Answers what it
     * is. Said again of one that is ending already, it does the same, so that an end that failed half way can be repeated.
     */
    Sandbox end(String id) {
        return database.write(c -> {
            if (Sql.of("UPDATE registry_sandbox SET state = ? WHERE id = ?", name(State.ENDING), id)
                            .update(c)
                    == 0) {
                throw unknown(id);
            }
            events.publish(c, new Event.SandboxEnded(component, id));
            return find(c, id).orElseThrow();
        });
    }

    /** Forgets a sandbox that has ended, unless its id stands for another one by now. */
    void forget(Sandbox ended) {
        database.write(c -> {
            if (find(c, ended.id())
                    .filter(s -> s.generation().equals(ended.generation()))
                    .isPresent()) {
                delete(c, ended.id());
            }
            return true;
        });
    }

    static ApiProblem unknown(String id) {
        return new ApiProblem(404, RegistryCodes.UNKNOWN, "There is no sandbox '" + id + "'");
    }

    private static ApiProblem exists(String id) {
        return new ApiProblem(
                409,
                RegistryCodes.EXISTS,
                "There is a sandbox '" + id + "' already, or one that is being removed");
    }

    private static void delete(Connection connection, String id) throws SQLException {
        Sql.of("DELETE FROM registry_attribute WHERE sandbox_id = ?", id).update(connection);
        Sql.of("DELETE FROM registry_sandbox WHERE id = ?", id).update(connection);
    }

    private static Optional<Sandbox> find(Connection connection, String id) throws SQLException {
        Map<String, String> attributes = new HashMap<>();
        Sql.of("SELECT name, value FROM registry_attribute WHERE sandbox_id = ?", id)
                .list(
                        connection,
                        a -> attributes.put(a.getString("name"), a.getString("value")) == null);
        return Sql.of("SELECT * FROM registry_sandbox WHERE id = ?", id)
                .first(connection, row -> sandbox(row, attributes));
    }

    private static Sandbox sandbox(ResultSet row, Map<String, String> attributes)
            throws SQLException {
        return new Sandbox(
                row.getString("id"),
                row.getString("generation"),
                row.getString("owner"),
                Sql.text(row, "team"),
                row.getString("backend"),
                attributes,
                State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Sql.instant(row, "expires_at"));
    }

    private static String name(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}

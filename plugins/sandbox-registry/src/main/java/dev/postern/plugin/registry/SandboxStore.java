// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import dev.postern.api.admin.ApiProblem;
import dev.postern.api.event.Event;
import dev.postern.api.event.Events;
import dev.postern.database.Database;
import dev.postern.database.Migrations;
import dev.postern.database.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The table of sandboxes. */
final class SandboxStore {
    private final String component;
    private final Database database;
    private final InstantSource clock;
    private final Events events;

    SandboxStore(String component, Database database, InstantSource clock, Events events) {
        this.component = component;
        this.database = database;
        this.clock = clock;
        this.events = events;
    }

    void migrate() {
        new Migrations("sandbox-registry", SandboxStore.class, List.of("001-sandboxes"))
                .apply(database);
    }

    List<Sandbox> all() {
        return database.read(c ->
                Sql.of("SELECT * FROM registry_sandbox ORDER BY id")
                        .list(c, row -> sandbox(c, row)));
    }

    Optional<Sandbox> find(String id) {
        return database.read(c -> find(c, id));
    }

    /** Registers a sandbox; one of that id that has expired makes room. */
    Sandbox add(
            String id,
            String owner,
            Optional<String> team,
            String backend,
            Map<String, String> attributes,
            Optional<Duration> lifetime) {
        Instant now = clock.instant();
        return database.write(c -> {
            Optional<Sandbox> there = find(c, id);
            if (there.filter(s -> !s.endedAt(now)).isPresent()) {
                throw exists(id);
            }
            if (there.isPresent()) {
                delete(c, id);
            }
            try {
                Sql.of(
                                "INSERT INTO registry_sandbox (id, generation, owner, team, backend, created_at, expires_at)"
                                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                                id,
                                UUID.randomUUID().toString(),
                                owner,
                                team,
                                backend,
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

    /** Removes a sandbox, and with the same commit ends its connections; answers what it was. */
    Sandbox remove(String id) {
        return database.write(c -> {
            Sandbox sandbox = find(c, id).orElseThrow(() -> unknown(id));
            delete(c, id);
            events.publish(c, new Event.SandboxEnded(component, id));
            return sandbox;
        });
    }

    static ApiProblem unknown(String id) {
        return new ApiProblem(404, RegistryCodes.UNKNOWN, "There is no sandbox '" + id + "'");
    }

    private static ApiProblem exists(String id) {
        return new ApiProblem(409, RegistryCodes.EXISTS, "There is a sandbox '" + id + "' already");
    }

    private static void delete(Connection connection, String id) throws SQLException {
        Sql.of("DELETE FROM registry_attribute WHERE sandbox_id = ?", id).update(connection);
        Sql.of("DELETE FROM registry_sandbox WHERE id = ?", id).update(connection);
    }

    private static Optional<Sandbox> find(Connection connection, String id) throws SQLException {
        return Sql.of("SELECT * FROM registry_sandbox WHERE id = ?", id)
                .first(connection, row -> sandbox(connection, row));
    }

    private static Sandbox sandbox(Connection connection, ResultSet row) throws SQLException {
        String id = row.getString("id");
        Map<String, String> attributes = new HashMap<>();
        Sql.of("SELECT name, value FROM registry_attribute WHERE sandbox_id = ?", id)
                .list(
                        connection,
                        a -> attributes.put(a.getString("name"), a.getString("value")) == null);
        return new Sandbox(
                id,
                row.getString("generation"),
                row.getString("owner"),
                Sql.text(row, "team"),
                row.getString("backend"),
                attributes,
                Instant.ofEpochMilli(row.getLong("created_at")),
                Sql.instant(row, "expires_at"));
    }
}

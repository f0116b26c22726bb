// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import dev.postern.api.admin.ApiProblem;
import dev.postern.api.auth.CredentialRef;
import dev.postern.api.auth.Identity;
import dev.postern.api.event.Event;
import dev.postern.api.event.Events;
import dev.postern.api.key.SshPublicKey;
import dev.postern.database.Database;
import dev.postern.database.Migrations;
import dev.postern.database.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Users, their teams and their keys. */
final class KeyStore {
    static final Migrations MIGRATIONS =
            new Migrations("pubkey-db", KeyStore.class, List.of("001-keys"));

    private final String component;
    private final Database database;
    private final Database logins;
    private final InstantSource clock;
    private final Events events;

    /** The store over a database, and over the same one for logins, which give up sooner. */
    KeyStore(
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

    /** The instant that lies a time from now. */
    Instant after(Duration lifetime) {
        return clock.instant().plus(lifetime);
    }

    /** All users; one statement, however many there are. */
    List<User> users() {
        List<User> rows =
                database.read(c ->
                        Sql.of(
                                        "SELECT u.name, u.disabled, u.created_at, m.team FROM pubkey_user u"
                                                + " LEFT JOIN pubkey_member m ON m.user_name = u.name ORDER BY u.name, m.team")
                                .list(
                                        c,
                                        row -> user(row, Sql.text(row, "team").stream().toList())));
        Map<String, User> users = new LinkedHashMap<>();
        rows.forEach(row -> users.merge(row.name(), row, User::withTeamsOf));
        return List.copyOf(users.values());
    }

    Optional<User> user(String name) {
        return database.read(c -> find(c, name));
    }

    User addUser(String name, List<String> teams) {
        return database.write(c -> {
            if (find(c, name).isPresent()) {
                throw new ApiProblem(
                        409, PubkeyDbCodes.USER_EXISTS, "There is a user '" + name + "' already");
            }
            Sql.of(
                            "INSERT INTO pubkey_user (name, disabled, created_at) VALUES (?, 0, ?)",
                            name,
                            clock.instant())
                    .update(c);
            for (String team : teams) {
                Sql.of("INSERT INTO pubkey_member (user_name, team) VALUES (?, ?)", name, team)
                        .update(c);
            }
            return find(c, name).orElseThrow();
        });
    }

    /** Removes a user with all keys; their connections end. */
    void deleteUser(String name) {
        database.write(c -> {
            requireUser(c, name);
            Sql.of("DELETE FROM pubkey_key WHERE user_name = ?", name).update(c);
            Sql.of("DELETE FROM pubkey_member WHERE user_name = ?", name).update(c);
            Sql.of("DELETE FROM pubkey_user WHERE name = ?", name).update(c);
            publishDisabled(c, name);
            return true;
        });
    }

    /** Lets a user in again or no more; their connections end. */
    User setDisabled(String name, boolean disabled) {
        return database.write(c -> {
            requireUser(c, name);
            Sql.of("UPDATE pubkey_user SET disabled = ? WHERE name = ?", disabled, name).update(c);
            if (disabled) {
                publishDisabled(c, name);
            }
            return find(c, name).orElseThrow();
        });
    }

    List<StoredKey> keys(String user) {
        return database.read(c -> {
            requireUser(c, user);
            return Sql.of(
                            "SELECT * FROM pubkey_key WHERE user_name = ? ORDER BY created_at, id",
                            user)
                    .list(c, KeyStore::key);
        });
    }

    StoredKey addKey(
            String user,
            String name,
            SshPublicKey key,
            String comment,
            Optional<Instant> expiresAt) {
        String id = UUID.randomUUID().toString();
        return database.write(c -> {
            requireUser(c, user);
            // The unique index has the last word where two add the same key at once.
            if (!Sql.of("SELECT id FROM pubkey_key WHERE fingerprint = ?", key.fingerprint())
                    .list(c, row -> row.getString("id"))
                    .isEmpty()) {
                throw duplicate(key);
            }
            try {
                Sql.of(
                                "INSERT INTO pubkey_key (id, user_name, name, key_type, public_key, fingerprint, comment,"
                                        + " created_at, last_used_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
                                id,
                                user,
                                name,
                                key.algorithm(),
                                key.line(),
                                key.fingerprint(),
                                comment,
                                clock.instant(),
                                expiresAt)
                        .update(c);
            } catch (SQLException e) {
                if (Database.isDuplicate(e)) {
                    throw duplicate(key);
                }
                throw e;
            }
            return Sql.of("SELECT * FROM pubkey_key WHERE id = ?", id)
                    .first(c, KeyStore::key)
                    .orElseThrow();
        });
    }

    /** Removes a key; connections that logged in with it end. */
    void deleteKey(String user, String id) {
        database.write(c -> {
            if (Sql.of("DELETE FROM pubkey_key WHERE id = ? AND user_name = ?", id, user).update(c)
                    == 0) {
                throw noKey(user, id);
            }
            events.publish(c, new Event.CredentialRevoked(new CredentialRef(component, id)));
            return true;
        });
    }

    /** One look-up, the same for a known and an unknown key. */
    List<KeyOwner> owners(String fingerprint) {
        return logins.read(c ->
                Sql.of(
                                "SELECT k.id, k.public_key, k.user_name, u.disabled, m.team, k.expires_at FROM pubkey_key k"
                                        + " JOIN pubkey_user u ON u.name = k.user_name"
                                        + " LEFT JOIN pubkey_member m ON m.user_name = k.user_name"
                                        + " WHERE k.fingerprint = ? ORDER BY m.team",
                                fingerprint)
                        .list(c, KeyStore::owner));
    }

    /** Notes that a login used a key; false if the key or its user is no longer good. */
    boolean use(String keyId) {
        Instant now = clock.instant();
        return logins.write(c ->
                Sql.of(
                                        "UPDATE pubkey_key SET last_used_at = ? WHERE id = ? AND (expires_at IS NULL OR expires_at > ?)"
                                                + " AND EXISTS (SELECT 1 FROM pubkey_user u WHERE u.name = user_name AND u.disabled = 0)",
                                        now,
                                        keyId,
                                        now)
                                .update(c)
                        == 1);
    }

    /** In all teams, since no team is named. */
    private void publishDisabled(Connection connection, String user) throws SQLException {
        events.publish(connection, new Event.IdentityDisabled(new Identity(component, user)));
    }

    private static void requireUser(Connection connection, String name) throws SQLException {
        if (find(connection, name).isEmpty()) {
            throw noUser(name);
        }
    }

    private static Optional<User> find(Connection connection, String name) throws SQLException {
        return Sql.of("SELECT name, disabled, created_at FROM pubkey_user WHERE name = ?", name)
                .first(connection, row -> user(row, teams(connection, name)));
    }

    private static User user(ResultSet row, List<String> teams) throws SQLException {
        return new User(
                row.getString("name"),
                teams,
                row.getInt("disabled") != 0,
                Instant.ofEpochMilli(row.getLong("created_at")));
    }

    private static List<String> teams(Connection connection, String user) throws SQLException {
        return Sql.of("SELECT team FROM pubkey_member WHERE user_name = ? ORDER BY team", user)
                .list(connection, member -> member.getString("team"));
    }

    private static StoredKey key(ResultSet row) throws SQLException {
        return new StoredKey(
                row.getString("id"),
                row.getString("user_name"),
                row.getString("name"),
                row.getString("key_type"),
                row.getString("public_key"),
                row.getString("fingerprint"),
                Sql.text(row, "comment"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Sql.instant(row, "last_used_at"),
                Sql.instant(row, "expires_at"));
    }

    private static KeyOwner owner(ResultSet row) throws SQLException {
        return new KeyOwner(
                row.getString("id"),
                row.getString("public_key"),
                row.getString("user_name"),
                row.getInt("disabled") != 0,
                Sql.text(row, "team"),
                Sql.instant(row, "expires_at"));
    }

    static ApiProblem noUser(String name) {
        return new ApiProblem(404, PubkeyDbCodes.NO_USER, "There is no user '" + name + "'");
    }

    static ApiProblem noKey(String user, String id) {
        return new ApiProblem(
                404, PubkeyDbCodes.NO_KEY, "User '" + user + "' has no key '" + id + "'");
    }

    private static ApiProblem duplicate(SshPublicKey key) {
        return new ApiProblem(
                409,
                PubkeyDbCodes.KEY_EXISTS,
                "The key " + key.fingerprint() + " is registered already");
    }
}

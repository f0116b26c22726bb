// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import dev.postern.api.admin.Role;
import dev.postern.api.value.Secret;
import dev.postern.database.Database;
import dev.postern.database.Migrations;
import dev.postern.database.Sql;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The tokens of the admin API. A token reads {@code pst_ID_SECRET}; only the SHA-256 of the secret is stored, which is
 * enough for 256 random bits.
 */
public final class TokenStore {
    private static final String PREFIX = "pst_";
    private static final Duration USE_PRECISION = Duration.ofMinutes(1);

    private final Database database;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    /** Over the gateway's own database. */
    public TokenStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A token and, this once, its text. */
    public record Created(Token token, Secret text) {}

    /** Makes the table where it is missing. */
    public void migrate() {
        new Migrations("tokens", TokenStore.class, List.of("001-tokens")).apply(database);
    }

    /** Whether there is any token. */
    public boolean isEmpty() {
        return database.read(c ->
                Sql.of("SELECT id FROM admin_token LIMIT 1")
                        .list(c, row -> row.getString("id"))
                        .isEmpty());
    }

    /** All tokens, the oldest first. */
    public List<Token> list() {
        return database.read(c ->
                Sql.of("SELECT * FROM admin_token ORDER BY created_at, id")
                        .list(c, TokenStore::token));
    }

    /** Makes a token; its text cannot be had again. */
    public Created create(
            String subject, Role role, Optional<String> team, Optional<Duration> lifetime) {
        String id = HexFormat.of().formatHex(bytes(6));
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(32));
        Instant now = clock.instant();
        Token token =
                new Token(id, subject, role, team, now, lifetime.map(now::plus), Optional.empty());
        database.write(c ->
                Sql.of(
                                "INSERT INTO admin_token (id, hash, subject, role, team, created_at, expires_at, last_used_at)"
                                        + " VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
                                id,
                                hash(secret),
                                subject,
                                name(role),
                                team,
                                now,
                                token.expiresAt())
                        .update(c));
        return new Created(token, Secret.of(PREFIX + id + "_" + secret));
    }

    /** Ends a token; false if there is none of that id. */
    public boolean revoke(String id) {
        return database.write(
                c -> Sql.of("DELETE FROM admin_token WHERE id = ?", id).update(c) == 1);
    }

    /** The token that a text stands for, if it is good now. */
    public Optional<Token> check(Secret text) {
        String[] parts = text.reveal().split("_", 3);
        if (parts.length != 3 || !text.reveal().startsWith(PREFIX)) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Optional<Token> found =
                database.read(c ->
                        Sql.of("SELECT * FROM admin_token WHERE id = ?", parts[1])
                                .first(
                                        c,
                                        row ->
                                                sameHash(row.getString("hash"), hash(parts[2]))
                                                        ? Optional.of(token(row))
                                                        : Optional.<Token>empty())
                                .flatMap(t -> t));
        Optional<Token> good =
                found.filter(t -> t.expiresAt().filter(e -> !now.isBefore(e)).isEmpty());
        good.filter(t -> t.lastUsedAt().filter(u -> now.isBefore(u.plus(USE_PRECISION))).isEmpty())
                .ifPresent(t ->
                        database.write(c ->
                                Sql.of(
                                                "UPDATE admin_token SET last_used_at = ? WHERE id = ?",
                                                now,
                                                t.id())
                                        .update(c)));
        return good;
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static boolean sameHash(String a, String b) {
        return MessageDigest.isEqual(
                a.getBytes(StandardCharsets.US_ASCII), b.getBytes(StandardCharsets.US_ASCII));
    }

    private static String hash(String secret) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(secret.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
        }
    }

    private static String name(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private static Token token(ResultSet row) throws SQLException {
        return new Token(
                row.getString("id"),
                row.getString("subject"),
                Role.valueOf(row.getString("role").toUpperCase(Locale.ROOT)),
                Sql.text(row, "team"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Sql.instant(row, "expires_at"),
                Sql.instant(row, "last_used_at"));
    }
}

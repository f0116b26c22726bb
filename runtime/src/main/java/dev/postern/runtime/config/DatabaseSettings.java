// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import dev.postern.api.value.Secret;
import java.time.Duration;
import java.util.Optional;

/**
 * A database as it stands under {@code postern.databases}.
 *
 * @param url JDBC URL; a SQLite file may be relative to the state directory
 * @param user to log in as
 * @param password of the user
 * @param connections most connections at once
 * @param longestWait longest wait for a connection, and for a lock of SQLite
 */
public record DatabaseSettings(
        String url,
        Optional<String> user,
        Optional<Secret> password,
        int connections,
        Duration longestWait) {}

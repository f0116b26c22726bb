// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import java.time.Instant;
import java.util.Optional;

/**
 * A key of a user.
 *
 * @param id unique
 * @param user whose
 * @param name chosen by the user
 * @param keyType the key's type
 * @param publicKey one line without a comment
 * @param fingerprint as OpenSSH shows it
 * @param comment what stood behind the key
 * @param createdAt when it was added
 * @param lastUsedAt when a login last used it
 * @param expiresAt when it ends
 */
record StoredKey(
        String id,
        String user,
        String name,
        String keyType,
        String publicKey,
        String fingerprint,
        Optional<String> comment,
        Instant createdAt,
        Optional<Instant> lastUsedAt,
        Optional<Instant> expiresAt) {}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import dev.postern.api.admin.Role;
import java.time.Instant;
import java.util.Optional;

/**
 * A token of the admin API, without its secret.
 *
 * @param id public id
 * @param subject the person or program that it is for
 * @param role what it may do
 * @param team the team that it acts for
 * @param createdAt when it was made
 * @param expiresAt when it ends
 * @param lastUsedAt when a call last used it, to the minute
 */
public record Token(
        String id,
        String subject,
        Role role,
        Optional<String> team,
        Instant createdAt,
        Optional<Instant> expiresAt,
        Optional<Instant> lastUsedAt) {}

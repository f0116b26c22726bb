// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A sandbox of the registry.
 *
 * @param id unique, its SSH user name
 * @param generation which sandbox of that id it is; a killed one's id may be used again
 * @param owner subject that may open it
 * @param team team whose members may open it too
 * @param backend component that reaches it
 * @param attributes what the backend needs
 * @param createdAt when it was registered
 * @param expiresAt when it ends
 */
record Sandbox(
        String id,
        String generation,
        String owner,
        Optional<String> team,
        String backend,
        Map<String, String> attributes,
        Instant createdAt,
        Optional<Instant> expiresAt) {
    Sandbox {
        attributes = Map.copyOf(attributes);
    }

    boolean endedAt(Instant now) {
        return expiresAt.filter(e -> !now.isBefore(e)).isPresent();
    }
}

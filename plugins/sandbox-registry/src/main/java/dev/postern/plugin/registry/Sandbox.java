// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import dev.postern.api.sandbox.SandboxRef;
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
 * @param state whether it may be opened
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
        State state,
        Instant createdAt,
        Optional<Instant> expiresAt) {
    Sandbox {
        attributes = Map.copyOf(attributes);
    }

    /** How far it is on its way to its end. */
    enum State {
        /** It may be opened. */
        REGISTERED,
        /** Somebody ended it; what its backend made for it is being removed. */
        ENDING
    }

    /** The ref under which backends know it. */
    SandboxRef ref(String component) {
        return new SandboxRef(component, id, generation, backend, attributes);
    }

    /** Whether nobody may enter it any more. */
    boolean endedAt(Instant now) {
        return state == State.ENDING || expiredAt(now);
    }

    /** Whether its time is over, and nobody has ended it yet. */
    boolean expiredAt(Instant now) {
        return state == State.REGISTERED && expiresAt.filter(e -> !now.isBefore(e)).isPresent();
    }
}

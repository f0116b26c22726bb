// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import dev.postern.api.auth.CredentialRef;
import dev.postern.api.error.PosternException;
import dev.postern.api.event.Event;
import dev.postern.api.event.Events;
import dev.postern.api.plugin.Health;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the files without a login. One thread looks, any thread asks. */
final class KeyWatch {
    private static final Logger LOG = LoggerFactory.getLogger(KeyWatch.class);

    private final String component;
    private final List<KeyFile> files;
    private final Optional<Events> revocations;
    private Optional<Set<String>> seen = Optional.empty();
    private Set<String> settled = Set.of();
    private volatile Health health = Health.UP;

    /**
     * A watch.
     *
     * @param revocations where to say that a key is gone; empty if its connections shall live on
     */
    KeyWatch(String component, List<KeyFile> files, Optional<Events> revocations) {
        this.component = component;
        this.files = List.copyOf(files);
        this.revocations = revocations;
    }

    /** How the files are. */
    Health health() {
        return health;
    }

    /** Looks once. An editor may empty a file before it writes it, so a key is gone when two looks have not found it. */
    void look() {
        Optional<Set<String>> now = credentials();
        if (now.isPresent() && now.equals(seen)) {
            for (String credential : settled) {
                if (!now.get().contains(credential)) {
                    revocations.ifPresent(events ->
                            events.publish(
                                    new Event.CredentialRevoked(
                                            new CredentialRef(component, credential))));
                }
            }
            settled = now.get();
        }
        seen = now;
    }

    private Optional<Set<String>> credentials() {
        try {
            Set<String> credentials = new HashSet<>();
            for (KeyFile file : files) {
                file.keys().entries().forEach(e -> credentials.add(KeyAuthenticator.credential(e)));
            }
            health = Health.UP;
            return Optional.of(credentials);
        } catch (PosternException e) {
            if (health.up()) {
                LOG.atWarn().addKeyValue("component", component).log(e.getMessage());
            }
            health = Health.down(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }
}

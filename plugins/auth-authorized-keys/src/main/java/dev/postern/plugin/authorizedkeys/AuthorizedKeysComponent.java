// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import dev.postern.api.auth.Authenticator;
import dev.postern.api.event.Events;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.Health;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Some files; looked at for each login, and now and then without one. */
final class AuthorizedKeysComponent implements Component {
    private static final Logger LOG = LoggerFactory.getLogger(AuthorizedKeysComponent.class);

    private final String name;
    private final KeyAuthenticator authenticator;
    private final KeyWatch watch;
    private final Thread watcher;

    AuthorizedKeysComponent(
            String name, AuthorizedKeysSettings settings, InstantSource clock, Events events) {
        this.name = name;
        ZoneId zone = settings.timeZone().orElseGet(ZoneId::systemDefault);
        List<KeyFile> files =
                settings.files().stream()
                        .map(path -> new KeyFile(path, settings.strictModes(), zone))
                        .toList();
        this.authenticator = new KeyAuthenticator(name, settings, files, clock);
        this.watch =
                new KeyWatch(
                        name,
                        files,
                        settings.endSessions() ? Optional.of(events) : Optional.empty());
        this.watcher =
                Thread.ofVirtual()
                        .name("authorized-keys-" + name)
                        .start(() -> look(settings.pollInterval()));
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return Optional.of(authenticator);
    }

    @Override
    public Health health() {
        return watch.health();
    }

    private void look(Duration interval) {
        try {
            while (true) {
                watch.look();
                Thread.sleep(interval);
            }
        } catch (InterruptedException e) {
            LOG.atDebug().addKeyValue("component", name).log("The watch has ended");
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
        try {
            watcher.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

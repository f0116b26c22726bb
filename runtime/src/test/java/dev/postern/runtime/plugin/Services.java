// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import dev.postern.api.event.Event;
import dev.postern.api.event.Events;
import dev.postern.api.key.SshPublicKey;
import dev.postern.api.plugin.GatewayInfo;
import dev.postern.api.value.Endpoint;
import dev.postern.runtime.session.LiveSet;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.InstantSource;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;

/** Services of a gateway that has nothing. */
final class Services {
    static final ComponentContext.Services NONE =
            new ComponentContext.Services(
                    name -> {
                        throw new NoSuchElementException(name);
                    },
                    Path.of("/nonexistent"),
                    InstantSource.system(),
                    new SimpleMeterRegistry(),
                    new GatewayInfo() {
                        @Override
                        public String id() {
                            return "test";
                        }

                        @Override
                        public Optional<String> region() {
                            return Optional.empty();
                        }

                        @Override
                        public Optional<Endpoint> sshEndpoint(String route) {
                            return Optional.empty();
                        }

                        @Override
                        public List<String> routesOf(String resolver) {
                            return List.of();
                        }

                        @Override
                        public List<SshPublicKey> hostKeys() {
                            return List.of();
                        }
                    },
                    name -> {
                        throw new NoSuchElementException(name);
                    },
                    new Events() {
                        @Override
                        public void publish(Event event) {}

                        @Override
                        public void publish(Connection transaction, Event event) {}

                        @Override
                        public AutoCloseable subscribe(Consumer<Event> listener) {
                            return () -> {};
                        }
                    },
                    new LiveSet());

    private Services() {}
}

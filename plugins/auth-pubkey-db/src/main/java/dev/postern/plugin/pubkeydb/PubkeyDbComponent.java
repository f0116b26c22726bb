// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import dev.postern.api.admin.ApiRoute;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.plugin.Component;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One store of keys: it authenticates, and the admin API manages it. */
final class PubkeyDbComponent implements Component {
    private final ExecutorService lookups;
    private final KeyAuthenticator authenticator;
    private final KeyRoutes routes;

    PubkeyDbComponent(String name, PubkeyDbSettings settings, KeyStore store) {
        this.lookups =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("pubkey-db-" + name + "-", 0).factory());
        this.authenticator = new KeyAuthenticator(name, settings, store, lookups);
        this.routes = new KeyRoutes(settings, store);
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return Optional.of(authenticator);
    }

    @Override
    public List<ApiRoute> apiRoutes() {
        return routes.all();
    }

    @Override
    public void close() {
        lookups.shutdownNow();
    }
}

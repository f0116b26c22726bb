// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import dev.postern.api.admin.ApiRoute;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.plugin.Component;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** One store of keys: it authenticates, and the admin API manages it. */
final class PubkeyDbComponent implements Component {
    private final KeyAuthenticator authenticator;
    private final KeyRoutes routes;

    PubkeyDbComponent(String name, PubkeyDbSettings settings, KeyStore store, InstantSource clock) {
        this.authenticator = new KeyAuthenticator(name, settings, store, clock);
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
}

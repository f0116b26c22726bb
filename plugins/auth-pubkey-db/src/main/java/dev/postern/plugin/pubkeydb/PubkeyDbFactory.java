// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import dev.postern.api.config.ConfigReader;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.Facet;
import dev.postern.api.plugin.PluginContext;
import dev.postern.database.Database;
import java.util.Set;

/** Makes components of type {@code pubkey-db}. */
final class PubkeyDbFactory implements ComponentFactory {
    @Override
    public String type() {
        return "pubkey-db";
    }

    @Override
    public Set<Facet> facets() {
        return Set.of(Facet.AUTHENTICATOR, Facet.API_ROUTES);
    }

    @Override
    public void check(ConfigReader settings) {
        PubkeyDbSettings.read(settings);
    }

    @Override
    public Component create(String name, ConfigReader settings, PluginContext context) {
        PubkeyDbSettings read = PubkeyDbSettings.read(settings);
        Database database =
                new Database(read.database(), context.database(read.database()))
                        .with(KeyStore.MIGRATIONS);
        KeyStore store =
                new KeyStore(
                        name,
                        database,
                        database.within(read.lookupTimeout()),
                        context.clock(),
                        context.events());
        return new PubkeyDbComponent(name, read, store, context.clock());
    }
}

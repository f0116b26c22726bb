// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import dev.postern.api.config.ConfigReader;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.Facet;
import dev.postern.api.plugin.PluginContext;
import dev.postern.api.sandbox.SandboxProvisioner;
import dev.postern.database.Database;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Makes components of type {@code sandbox-registry}. */
final class RegistryFactory implements ComponentFactory {
    @Override
    public String type() {
        return "sandbox-registry";
    }

    @Override
    public Set<Facet> facets() {
        return Set.of(Facet.SANDBOX_RESOLVER, Facet.API_ROUTES);
    }

    @Override
    public void check(ConfigReader settings) {
        RegistrySettings.read(settings);
    }

    @Override
    public Component create(String name, ConfigReader settings, PluginContext context) {
        RegistrySettings read = RegistrySettings.read(settings);
        Map<String, SandboxProvisioner> provisioners = new HashMap<>();
        for (String backend : read.backends()) {
            context.component(backend).provisioner().ifPresent(p -> provisioners.put(backend, p));
        }
        Database database =
                new Database(read.database(), context.database(read.database()))
                        .with(SandboxStore.MIGRATIONS);
        SandboxStore store =
                new SandboxStore(
                        name,
                        database,
                        database.within(read.lookupTimeout()),
                        context.clock(),
                        context.events());
        return new RegistryComponent(name, read, store, provisioners, context);
    }
}

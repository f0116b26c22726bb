// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import dev.postern.api.admin.ApiRoute;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.PluginContext;
import dev.postern.api.sandbox.SandboxProvisioner;
import dev.postern.api.sandbox.SandboxResolver;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One registry of sandboxes: it resolves, and the admin API manages it. */
final class RegistryComponent implements Component {
    private final RegistryResolver resolver;
    private final RegistryRoutes routes;

    RegistryComponent(
            String name,
            RegistrySettings settings,
            SandboxStore store,
            Map<String, SandboxProvisioner> provisioners,
            PluginContext context) {
        this.resolver = new RegistryResolver(name, settings, store, context.clock());
        this.routes =
                new RegistryRoutes(
                        name, settings, store, provisioners, context.gateway(), context.clock());
    }

    @Override
    public Optional<SandboxResolver> sandboxResolver() {
        return Optional.of(resolver);
    }

    @Override
    public List<ApiRoute> apiRoutes() {
        return routes.all();
    }
}

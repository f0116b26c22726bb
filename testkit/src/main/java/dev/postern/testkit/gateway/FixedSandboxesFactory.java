// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.gateway;

import dev.postern.api.auth.Restrictions;
import dev.postern.api.config.ConfigReader;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.Facet;
import dev.postern.api.plugin.PluginContext;
import dev.postern.api.sandbox.Resolution;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.api.sandbox.SandboxResolver;
import dev.postern.api.sandbox.SandboxState;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Type {@code fixed-sandboxes}: {@code backend = local, attributes { image = x }}. */
final class FixedSandboxesFactory implements ComponentFactory {
    @Override
    public String type() {
        return "fixed-sandboxes";
    }

    @Override
    public Set<Facet> facets() {
        return Set.of(Facet.SANDBOX_RESOLVER);
    }

    @Override
    public void check(ConfigReader settings) {
        settings.string("backend");
        settings.texts("attributes");
    }

    @Override
    public Component create(String name, ConfigReader settings, PluginContext context) {
        String backend = settings.string("backend");
        Map<String, String> attributes = settings.texts("attributes");
        SandboxResolver resolver =
                request -> {
                    if (request.sandbox().isEmpty()) {
                        return new Resolution.NotFound();
                    }
                    return new Resolution.Found(
                            new SandboxRef(name, request.sandbox().get(), "", backend, attributes),
                            request.identities().getFirst(),
                            SandboxState.RUNNING,
                            request.guestUser(),
                            Restrictions.NONE,
                            Optional.empty());
                };
        return new Component() {
            @Override
            public Optional<SandboxResolver> sandboxResolver() {
                return Optional.of(resolver);
            }
        };
    }
}

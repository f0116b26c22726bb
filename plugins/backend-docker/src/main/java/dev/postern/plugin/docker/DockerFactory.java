// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.api.config.ConfigReader;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.Facet;
import dev.postern.api.plugin.PluginContext;
import java.util.Set;

/** Makes components of type {@code docker}. */
final class DockerFactory implements ComponentFactory {
    @Override
    public String type() {
        return "docker";
    }

    @Override
    public Set<Facet> facets() {
        return Set.of(Facet.SANDBOX_RESOLVER, Facet.RESUME_HOOK, Facet.SESSION_BACKEND);
    }

    @Override
    public void check(ConfigReader settings) {
        DockerSettings.read(settings);
    }

    @Override
    public Component create(String name, ConfigReader settings, PluginContext context) {
        return new DockerComponent(name, DockerSettings.read(settings));
    }
}

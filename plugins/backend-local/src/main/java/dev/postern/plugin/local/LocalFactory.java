// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.config.ConfigReader;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.Facet;
import dev.postern.api.plugin.PluginContext;
import java.util.Set;

/** Makes components of the type {@code local}. */
final class LocalFactory implements ComponentFactory {
    @Override
    public String type() {
        return "local";
    }

    @Override
    public Set<Facet> facets() {
        return Set.of(Facet.SESSION_BACKEND, Facet.PROVISIONER);
    }

    @Override
    public void check(ConfigReader settings) {
        LocalSettings.read(settings);
    }

    @Override
    public Component create(String name, ConfigReader settings, PluginContext context) {
        return LocalComponent.create(name, LocalSettings.read(settings), context);
    }
}

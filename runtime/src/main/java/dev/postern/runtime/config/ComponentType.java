// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import dev.postern.api.config.ConfigReader;
import dev.postern.api.plugin.Facet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What the configuration must know of a component type.
 *
 * @param name the type
 * @param plugin the plugin that offers it
 * @param facets what its components can be used for
 * @param check reads all settings of a component and collects their problems
 */
public record ComponentType(
        String name, String plugin, Set<Facet> facets, Consumer<ConfigReader> check) {
    public ComponentType {
        facets = Set.copyOf(facets);
    }
}

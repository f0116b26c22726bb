// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.postern.api.config.ConfigReader;
import dev.postern.api.error.ConfigException;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.Facet;
import dev.postern.api.plugin.PluginContext;
import dev.postern.runtime.config.ComponentSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ComponentsTest {
    private final List<String> log = new ArrayList<>();

    /** Components of one type, each of which asks for the one that its settings name. */
    private Components components(Map<String, String> needs) {
        ComponentFactory factory =
                new ComponentFactory() {
                    @Override
                    public String type() {
                        return "chain";
                    }

                    @Override
                    public Set<Facet> facets() {
                        return Set.of(Facet.AUTHENTICATOR);
                    }

                    @Override
                    public void check(ConfigReader settings) {
                        settings.optionalString("needs");
                    }

                    @Override
                    public Component create(
                            String name, ConfigReader settings, PluginContext context) {
                        settings.optionalString("needs").ifPresent(context::component);
                        log.add("+" + name);
                        return new Component() {
                            @Override
                            public void close() {
                                log.add("-" + name);
                            }
                        };
                    }
                };
        Map<String, ComponentSettings> settings = new LinkedHashMap<>();
        needs.forEach((name, other) ->
                settings.put(
                        name,
                        new ComponentSettings(
                                name,
                                "chain",
                                other.isEmpty()
                                        ? ConfigFactory.empty()
                                        : ConfigFactory.parseMap(Map.of("needs", other)))));
        return new Components(
                settings,
                Map.of("chain", new Plugins.Offered("test", factory)),
                (all, name) -> new ComponentContext(name, Services.NONE, all));
    }

    @Test
    void theyAreMadeInTheOrderOfTheirNeedsAndClosedInReverse() {
        Map<String, String> needs = new LinkedHashMap<>();
        needs.put("a", "c");
        needs.put("b", "");
        needs.put("c", "b");
        try (Components components = components(needs)) {
            components.makeAll();
            assertThat(components.component("a")).isSameAs(components.component("a"));
        }
        assertThat(log).containsExactly("+b", "+c", "+a", "-a", "-c", "-b");
    }

    @Test
    void aCircleIsRefusedByName() {
        Components components =
                components(new java.util.TreeMap<>(Map.of("a", "b", "b", "c", "c", "a")));
        assertThatThrownBy(components::makeAll)
                .isInstanceOf(ConfigException.class)
                .hasMessage("Components need each other in a circle: a -> b -> c -> a");
    }

    @Test
    void aFacetThatIsNotThereIsRefusedByName() {
        Components components = components(Map.of("a", ""));
        assertThatThrownBy(() -> components.authenticator("a"))
                .hasMessage("Component 'a' has no authenticator as it is configured");
        assertThatThrownBy(() -> components.component("x"))
                .hasMessage("Component 'x' does not exist, expected one of a");
        assertThat(components.all(Facet.AUTHENTICATOR, Component::authenticator)).isEmpty();
        assertThat(components.factoryOf("x")).isEqualTo(Optional.empty());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import dev.postern.api.plugin.ComponentFactory;
import dev.postern.runtime.config.ComponentType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The plugins of a gateway and the component types that they offer. Closed after every component. */
public final class Plugins implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Plugins.class);

    private final List<LoadedPlugin> plugins;
    private final Map<String, Offered> offered = new LinkedHashMap<>();
    private final List<Config> defaults = new ArrayList<>();

    /**
     * A component type that a plugin offers.
     *
     * @param plugin the plugin's name
     * @param factory makes components, guarded
     */
    public record Offered(String plugin, ComponentFactory factory) {}

    Plugins(List<LoadedPlugin> plugins) {
        this.plugins = List.copyOf(plugins);
        for (LoadedPlugin plugin : plugins) {
            Set<String> types = new TreeSet<>();
            for (ComponentFactory factory : plugin.entry().components()) {
                Offered other =
                        offered.putIfAbsent(factory.type(), new Offered(plugin.name(), factory));
                if (other != null) {
                    throw new PluginLoadException(
                            "Component type '"
                                    + factory.type()
                                    + "' is offered by plugin '"
                                    + other.plugin()
                                    + "' and by plugin '"
                                    + plugin.name()
                                    + "', expected one");
                }
                types.add(factory.type());
            }
            plugin.defaults().ifPresent(it -> defaults.add(ownDefaults(plugin, types, it)));
        }
    }

    /** A plugin's reference.conf may hold defaults of its own types, and nothing else. */
    private static Config ownDefaults(LoadedPlugin plugin, Set<String> types, Config reference) {
        ConfigObject root = reference.root();
        ConfigObject all = ConfigFactory.empty().root();
        boolean clean =
                root.keySet().equals(Set.of("postern"))
                        && root.get("postern") instanceof ConfigObject postern
                        && postern.keySet().equals(Set.of("component-defaults"));
        if (clean
                && root.toConfig().getValue("postern.component-defaults")
                        instanceof ConfigObject defaults) {
            all = defaults;
            clean = types.containsAll(defaults.keySet());
        }
        // An embedded plugin may lie in one directory with others, or with the gateway itself: take
        // what is its own.
        if (!clean && plugin.loader().isPresent()) {
            throw new PluginLoadException(
                    "The reference.conf of plugin '"
                            + plugin.name()
                            + "' sets more than"
                            + " postern.component-defaults."
                            + String.join(" and .", types));
        }
        Config own = ConfigFactory.empty();
        for (String type : types) {
            if (all.get(type) != null) {
                own =
                        own.withValue(
                                "postern.component-defaults." + type,
                                all.toConfig().getValue(type));
            }
        }
        return own;
    }

    /** The plugins in the order they were loaded. */
    public List<LoadedPlugin> list() {
        return plugins;
    }

    /** Each plugin's defaults. */
    public List<Config> defaults() {
        return Collections.unmodifiableList(defaults);
    }

    /** What the plugins offer, by type. */
    public Map<String, Offered> offered() {
        return Collections.unmodifiableMap(offered);
    }

    /** What the configuration must know of the types, by name. */
    public Map<String, ComponentType> types() {
        Map<String, ComponentType> types = new LinkedHashMap<>();
        offered.forEach((type, it) ->
                types.put(
                        type,
                        new ComponentType(
                                type,
                                it.plugin(),
                                it.factory().facets(),
                                reader -> it.factory().check(reader))));
        return types;
    }

    @Override
    public void close() {
        closeLoaders(plugins);
    }

    static void closeLoaders(List<LoadedPlugin> plugins) {
        for (LoadedPlugin plugin : plugins.reversed()) {
            plugin.loader()
                    .ifPresent(loader -> {
                        try {
                            loader.close();
                        } catch (Exception e) {
                            LOG.atWarn()
                                    .addKeyValue("plugin", plugin.name())
                                    .setCause(e)
                                    .log("Class loader of a plugin did not close");
                        }
                    });
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import dev.postern.runtime.config.ConfigReference;
import dev.postern.runtime.config.ConfigShow;
import dev.postern.runtime.config.EffectiveConfig;
import dev.postern.runtime.config.GatewaySettings;
import dev.postern.runtime.config.SettingsReader;
import dev.postern.runtime.plugin.LoadedPlugin;
import dev.postern.runtime.plugin.PluginFailures;
import dev.postern.runtime.plugin.PluginLoader;
import dev.postern.runtime.plugin.Plugins;
import java.util.ArrayList;
import java.util.List;

/**
 * A configuration with the plugins that give it its meaning; nothing is started. For {@code config check}, {@code show}
 * and {@code reference}.
 */
public final class CheckedConfig implements AutoCloseable {
    private final Plugins plugins;
    private final EffectiveConfig effective;

    private CheckedConfig(Plugins plugins, EffectiveConfig effective) {
        this.plugins = plugins;
        this.effective = effective;
    }

    /**
     * Loads the plugins and puts the layers of the configuration together.
     *
     * @throws dev.postern.runtime.plugin.PluginLoadException if a plugin cannot be loaded
     * @throws dev.postern.runtime.config.InvalidConfigException if the file cannot be read
     */
    public static CheckedConfig open(GatewayOptions options) {
        return open(options, (plugin, method) -> {});
    }

    static CheckedConfig open(GatewayOptions options, PluginFailures failures) {
        Plugins plugins =
                new PluginLoader(failures)
                        .load(
                                EffectiveConfig.pluginsDirectory(options.config(), options.home()),
                                options.plugins());
        try {
            return new CheckedConfig(
                    plugins, EffectiveConfig.of(options.config(), plugins.defaults()));
        } catch (RuntimeException e) {
            plugins.close();
            throw e;
        }
    }

    /**
     * The settings, every one checked.
     *
     * @throws dev.postern.runtime.config.InvalidConfigException with every problem
     */
    public GatewaySettings settings() {
        return SettingsReader.read(effective, plugins.types());
    }

    /** Every effective setting with its origin, secrets hidden. */
    public List<ConfigShow.Setting> show() {
        return ConfigShow.settings(effective);
    }

    /** The reference of all settings, those of the plugins included, as Markdown. */
    public String reference() {
        List<ConfigReference.Chapter> chapters = new ArrayList<>();
        chapters.add(ConfigReference.gateway());
        for (LoadedPlugin plugin : plugins.list()) {
            plugin.defaults()
                    .ifPresent(it ->
                            chapters.add(ConfigReference.chapter("Plugin " + plugin.name(), it)));
        }
        return ConfigReference.markdown(chapters);
    }

    Plugins plugins() {
        return plugins;
    }

    @Override
    public void close() {
        plugins.close();
    }
}

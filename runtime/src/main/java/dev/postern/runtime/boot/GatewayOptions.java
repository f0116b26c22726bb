// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import dev.postern.api.plugin.PosternPlugin;
import dev.postern.runtime.config.ConfigInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a gateway is started with.
 *
 * @param config what the user has written
 * @param home where Postern is installed; its {@code plugins} folder is used unless the configuration names another
 * @param plugins further plugins, which need no folder: for tests and for embedding
 */
public record GatewayOptions(ConfigInput config, Optional<Path> home, List<PosternPlugin> plugins) {
    public GatewayOptions {
        plugins = List.copyOf(plugins);
    }

    /**
     * Of a configuration file, and the installation that the launcher names.
     *
     * @throws dev.postern.runtime.config.InvalidConfigException if it cannot be read
     */
    public static GatewayOptions file(Path config) {
        return new GatewayOptions(ConfigInput.file(config), installation(), List.of());
    }

    /**
     * Of a configuration text and without an installation; relative paths in it are relative to a directory.
     *
     * @throws dev.postern.runtime.config.InvalidConfigException if it cannot be read
     */
    public static GatewayOptions text(String config, Path baseDirectory) {
        return new GatewayOptions(
                ConfigInput.text(config, baseDirectory), Optional.empty(), List.of());
    }

    /** Where Postern is installed, as the launcher says. */
    public static Optional<Path> installation() {
        return Optional.ofNullable(System.getProperty("postern.home")).map(Path::of);
    }

    /** A copy in which some paths of the configuration have other values. */
    public GatewayOptions with(Map<String, ?> overrides) {
        return new GatewayOptions(config.with(overrides), home, plugins);
    }

    /** A copy with these plugins beside those in folders. */
    public GatewayOptions withPlugins(List<PosternPlugin> more) {
        return new GatewayOptions(config, home, more);
    }

    /** A copy with another installation. */
    public GatewayOptions withHome(Path installation) {
        return new GatewayOptions(config, Optional.of(installation), plugins);
    }
}

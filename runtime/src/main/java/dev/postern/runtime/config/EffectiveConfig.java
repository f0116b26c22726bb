// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValueType;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the user has written over the plugins' defaults over the gateway's, with all substitutions done.
 *
 * @param root the whole tree; the gateway reads {@code postern}
 * @param input what the user has written
 */
public record EffectiveConfig(Config root, ConfigInput input) {
    /**
     * Puts the layers together.
     *
     * @throws InvalidConfigException if a substitution leads nowhere
     */
    public static EffectiveConfig of(ConfigInput input, List<Config> pluginDefaults) {
        Config layered = input.config();
        for (Config defaults : pluginDefaults) {
            layered = layered.withFallback(defaults);
        }
        try {
            Config root =
                    layered.withFallback(ReferenceConf.ofGateway())
                            .resolve(ConfigResolveOptions.defaults());
            return new EffectiveConfig(root, input);
        } catch (ConfigException e) {
            throw ConfigInput.broken(e);
        }
    }

    /**
     * The plugins folder, which must be known before the plugins' defaults are.
     *
     * @param home where Postern is installed
     */
    public static Optional<Path> pluginsDirectory(ConfigInput input, Optional<Path> home) {
        Config early;
        try {
            early =
                    input.config()
                            .withFallback(ReferenceConf.ofGateway())
                            .resolve(ConfigResolveOptions.defaults().setAllowUnresolved(true));
        } catch (ConfigException e) {
            throw ConfigInput.broken(e);
        }
        String key = "postern.plugins-directory";
        try {
            if (early.hasPath(key) && early.getValue(key).valueType() == ConfigValueType.STRING) {
                return Optional.of(input.baseDirectory().resolve(early.getString(key)).normalize());
            }
        } catch (ConfigException | InvalidPathException e) {
            // The strict reader says later what is wrong with it.
            return Optional.empty();
        }
        return home.map(it -> it.resolve("plugins"));
    }

    /** The {@code postern} section; empty if the user has made something else of it. */
    Config postern() {
        return root.root().get("postern") instanceof com.typesafe.config.ConfigObject object
                ? object.toConfig()
                : ConfigFactory.empty();
    }
}

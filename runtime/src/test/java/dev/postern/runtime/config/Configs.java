// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import dev.postern.api.config.ConfigReader;
import dev.postern.api.plugin.Facet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Component types and configurations that the tests of this package share. */
final class Configs {
    static final Path BASE = Path.of("/etc/postern");

    static final Map<String, ComponentType> TYPES =
            Map.of(
                    "keys", type("keys", EnumSet.of(Facet.AUTHENTICATOR)),
                    "registry", type("registry", EnumSet.of(Facet.SANDBOX_RESOLVER)),
                    "box", type("box", EnumSet.of(Facet.SESSION_BACKEND, Facet.RESUME_HOOK)),
                    "socket", type("socket", EnumSet.of(Facet.LISTENER)));

    static final String VALID =
            """
            postern {
              databases.main.url = "jdbc:sqlite:postern.db"
              components {
                team { type = keys, database = main }
                reg { type = registry }
                local { type = box, timeout = 3s }
              }
              listeners.ssh { address = "127.0.0.1:2222", route = main }
              routes.main { authenticators = [team], resolver = reg, backends = [local] }
            }
            """;

    private Configs() {}

    static GatewaySettings read(String text) {
        return read(ConfigInput.text(text, BASE));
    }

    static GatewaySettings read(ConfigInput input) {
        return SettingsReader.read(EffectiveConfig.of(input, List.of()), TYPES);
    }

    static List<String> problems(String text) {
        try {
            read(text);
            return List.of();
        } catch (InvalidConfigException e) {
            return e.problems().stream().map(it -> it.path() + ": " + it.message()).toList();
        }
    }

    private static ComponentType type(String name, Set<Facet> facets) {
        return new ComponentType(name, "test", facets, Configs::check);
    }

    private static void check(ConfigReader reader) {
        reader.optionalString("database");
        reader.optionalDuration("timeout", Duration.ofSeconds(1), Duration.ofSeconds(10));
    }
}

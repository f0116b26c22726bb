// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import dev.postern.api.config.ConfigReader;
import java.time.Duration;
import java.util.List;

/**
 * Settings of a component of type {@code sandbox-registry}; see the plugin's reference.conf.
 */
record RegistrySettings(
        String database, Duration lookupTimeout, List<String> accepts, List<String> backends) {
    RegistrySettings {
        accepts = List.copyOf(accepts);
        backends = List.copyOf(backends);
    }

    static RegistrySettings read(ConfigReader reader) {
        return new RegistrySettings(
                reader.string("database"),
                reader.duration("lookup-timeout", Duration.ofMillis(100), Duration.ofSeconds(30)),
                reader.strings("accepts"),
                reader.strings("backends"));
    }
}

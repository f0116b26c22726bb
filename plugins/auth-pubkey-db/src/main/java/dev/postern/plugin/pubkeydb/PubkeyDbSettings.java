// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import dev.postern.api.config.ConfigReader;
import dev.postern.api.key.SshPublicKey;
import dev.postern.keys.PublicKeys;
import java.time.Duration;
import java.util.Set;

/**
 * Settings of a component of type {@code pubkey-db}; see the plugin's reference.conf.
 */
record PubkeyDbSettings(String database, Duration lookupTimeout, Set<String> acceptedKeyTypes) {
    PubkeyDbSettings {
        acceptedKeyTypes = Set.copyOf(acceptedKeyTypes);
    }

    static PubkeyDbSettings read(ConfigReader reader) {
        Set<String> types = Set.copyOf(reader.strings("accepted-key-types"));
        types.stream()
                .filter(type -> !PublicKeys.types().contains(type))
                .sorted()
                .forEach(type ->
                        reader.problem(
                                "accepted-key-types",
                                "holds '"
                                        + type
                                        + "', expected only "
                                        + String.join(", ", PublicKeys.types())));
        return new PubkeyDbSettings(
                reader.string("database"),
                reader.duration("lookup-timeout", Duration.ofMillis(100), Duration.ofSeconds(30)),
                types);
    }

    boolean accepts(SshPublicKey key) {
        return acceptedKeyTypes.contains(key.algorithm());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.api.config.ConfigReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Settings of a component of type {@code docker}; see the plugin's reference.conf.
 */
record DockerSettings(
        EngineAddress engine,
        Duration timeout,
        String label,
        List<String> accepts,
        OpenAccess openAccess,
        Optional<String> user,
        boolean hostNetwork,
        List<String> attach,
        AgentMode agent,
        Path agentDirectory,
        String agentPath) {
    DockerSettings {
        accepts = List.copyOf(accepts);
        attach = List.copyOf(attach);
    }

    static DockerSettings read(ConfigReader reader) {
        Optional<Path> certificates = reader.optionalString("tls-directory").map(Path::of);
        return new DockerSettings(
                reader.parsed(
                        "host",
                        text -> EngineAddress.parse(text, certificates),
                        new EngineAddress.Unix(Path.of("/var/run/docker.sock"))),
                reader.duration("timeout", Duration.ofSeconds(1), Duration.ofMinutes(10)),
                reader.string("label"),
                reader.strings("accepts"),
                reader.oneOf("open-access", OpenAccess.class),
                reader.optionalString("user"),
                reader.bool("host-network"),
                reader.strings("attach"),
                reader.oneOf("agent", AgentMode.class),
                Path.of(reader.string("agent-directory")),
                reader.string("agent-path"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.backend.Capability;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an agent's words mean for a gateway; unknown words mean nothing. */
final class AgentCapabilities {
    private static final Map<String, Set<Capability>> MEANINGS =
            Map.of(
                    "exec",
                            Set.of(
                                    Capability.EXEC,
                                    Capability.EXIT_SIGNAL,
                                    Capability.STDIN_EOF,
                                    Capability.ENVIRONMENT),
                    "pty", Set.of(Capability.PTY, Capability.RESIZE),
                    "signal", Set.of(Capability.SIGNAL),
                    "user", Set.of(Capability.GUEST_USER),
                    "sftp", Set.of(Capability.SFTP_STREAM),
                    "tcp", Set.of(Capability.DIAL_TCP),
                    "unix", Set.of(Capability.DIAL_UNIX),
                    "listen-tcp", Set.of(Capability.LISTEN_TCP),
                    "listen-unix", Set.of(Capability.LISTEN_UNIX));

    private AgentCapabilities() {}

    static Set<Capability> of(List<String> words) {
        EnumSet<Capability> capabilities = EnumSet.noneOf(Capability.class);
        words.forEach(word -> capabilities.addAll(MEANINGS.getOrDefault(word, Set.of())));
        return Collections.unmodifiableSet(capabilities);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A policy as it stands under {@code postern.policies}. What a connection may do in the end is the intersection with
 * the credential's and the resolution's restrictions.
 *
 * @param pty whether a PTY may be allocated
 * @param exec whether shells and commands may be started
 * @param subsystems subsystems allowed
 * @param forceCommand replaces every shell, command and subsystem
 * @param localForwards {@code host:port} patterns and socket paths for direct-tcpip and direct-streamlocal
 * @param remoteForwards {@code host:port} patterns and socket paths for tcpip-forward and streamlocal-forward
 * @param agentForwarding whether agent forwarding may be asked for
 * @param x11Forwarding whether X11 forwarding may be asked for
 * @param environment names of variables that a client may set, {@code *} at the end for a prefix
 * @param channelTimeout an open channel on which no data moved is closed after this; empty for never
 * @param unusedConnectionTimeout a connection without channels is closed after this; empty for never
 */
public record PolicySettings(
        boolean pty,
        boolean exec,
        List<String> subsystems,
        Optional<String> forceCommand,
        List<String> localForwards,
        List<String> remoteForwards,
        boolean agentForwarding,
        boolean x11Forwarding,
        List<String> environment,
        Optional<Duration> channelTimeout,
        Optional<Duration> unusedConnectionTimeout) {
    public PolicySettings {
        subsystems = List.copyOf(subsystems);
        localForwards = List.copyOf(localForwards);
        remoteForwards = List.copyOf(remoteForwards);
        environment = List.copyOf(environment);
    }
}

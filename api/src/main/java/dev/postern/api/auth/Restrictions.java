// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.auth;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a credential or a resolution narrows what a connection may do. It can only narrow: the gateway intersects it with
 * the route's policy. {@link #NONE} narrows nothing; the {@code with} methods return a narrower copy.
 *
 * @param pty whether a PTY may be allocated
 * @param agentForwarding whether agent forwarding may be asked for
 * @param x11Forwarding whether X11 forwarding may be asked for
 * @param portForwarding whether any TCP or socket forwarding may be asked for
 * @param localForwards destinations allowed for direct-tcpip and direct-streamlocal, {@code host:port} patterns
 *     ({@code *} for any host or port) or socket paths; empty means that this does not narrow
 * @param remoteForwards addresses allowed for tcpip-forward and streamlocal-forward, in the same form
 * @param subsystems subsystems allowed; empty means that this does not narrow
 * @param forceCommand the command that replaces every shell, command and subsystem
 * @param sourceAddresses CIDR blocks the client's address must be in; a connection without an address is refused
 * @param environment variables set for every process
 * @param userPresence whether a FIDO key's signature must carry the user-presence flag
 * @param userVerification whether a FIDO key's signature must carry the user-verified flag
 * @param unknown names of restrictions that the source states and this SPI has no field for; any entry refuses
 */
public record Restrictions(
        boolean pty,
        boolean agentForwarding,
        boolean x11Forwarding,
        boolean portForwarding,
        Optional<List<String>> localForwards,
        Optional<List<String>> remoteForwards,
        Optional<Set<String>> subsystems,
        Optional<String> forceCommand,
        Optional<List<String>> sourceAddresses,
        Map<String, String> environment,
        boolean userPresence,
        boolean userVerification,
        Set<String> unknown) {

    /** Narrows nothing; FIDO keys must still show user presence, as under OpenSSH. */
    public static final Restrictions NONE =
            new Restrictions(
                    true,
                    true,
                    true,
                    true,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Map.of(),
                    true,
                    false,
                    Set.of());

    public Restrictions {
        localForwards = localForwards.map(List::copyOf);
        remoteForwards = remoteForwards.map(List::copyOf);
        subsystems = subsystems.map(Set::copyOf);
        sourceAddresses = sourceAddresses.map(List::copyOf);
        environment = Map.copyOf(environment);
        unknown = Set.copyOf(unknown);
    }

    /** A copy with PTYs allowed or not. */
    public Restrictions withPty(boolean allowed) {
        return new Restrictions(
                allowed,
                agentForwarding,
                x11Forwarding,
                portForwarding,
                localForwards,
                remoteForwards,
                subsystems,
                forceCommand,
                sourceAddresses,
                environment,
                userPresence,
                userVerification,
                unknown);
    }

    /** A copy with agent forwarding allowed or not. */
    public Restrictions withAgentForwarding(boolean allowed) {
        return new Restrictions(
                pty,
                allowed,
                x11Forwarding,
                portForwarding,
                localForwards,
                remoteForwards,
                subsystems,
                forceCommand,
                sourceAddresses,
                environment,
                userPresence,
                userVerification,
                unknown);
    }

    /** A copy with X11 forwarding allowed or not. */
    public Restrictions withX11Forwarding(boolean allowed) {
        return new Restrictions(
                pty,
                agentForwarding,
                allowed,
                portForwarding,
                localForwards,
                remoteForwards,
                subsystems,
                forceCommand,
                sourceAddresses,
                environment,
                userPresence,
                userVerification,
                unknown);
    }

    /** A copy with TCP and socket forwarding allowed or not. */
    public Restrictions withPortForwarding(boolean allowed) {
        return new Restrictions(
                pty,
                agentForwarding,
                x11Forwarding,
                allowed,
                localForwards,
                remoteForwards,
                subsystems,
                forceCommand,
                sourceAddresses,
                environment,
                userPresence,
                userVerification,
                unknown);
    }

    /** A copy with only these destinations for local forwarding. */
    public Restrictions withLocalForwards(List<String> patterns) {
        return new Restrictions(
                pty,
                agentForwarding,
                x11Forwarding,
                portForwarding,
                Optional.of(patterns),
                remoteForwards,
                subsystems,
                forceCommand,
                sourceAddresses,
                environment,
                userPresence,
                userVerification,
                unknown);
    }

    /** A copy with only these addresses for remote forwarding. */
    public Restrictions withRemoteForwards(List<String> patterns) {
        return new Restrictions(
                pty,
                agentForwarding,
                x11Forwarding,
                portForwarding,
                localForwards,
                Optional.of(patterns),
                subsystems,
                forceCommand,
                sourceAddresses,
                environment,
                userPresence,
                userVerification,
                unknown);
    }

    /** A copy with only these subsystems. */
    public Restrictions withSubsystems(Set<String> names) {
        return new Restrictions(
                pty,
                agentForwarding,
                x11Forwarding,
                portForwarding,
                localForwards,
                remoteForwards,
                Optional.of(names),
                forceCommand,
                sourceAddresses,
                environment,
                userPresence,
                userVerification,
                unknown);
    }

    /** A copy with a command that replaces all others. */
    public Restrictions withForceCommand(String command) {
        return new Restrictions(
                pty,
                agentForwarding,
                x11Forwarding,
                portForwarding,
                localForwards,
                remoteForwards,
                subsystems,
                Optional.of(command),
                sourceAddresses,
                environment,
                userPresence,
                userVerification,
                unknown);
    }

    /** A copy that only clients from these CIDR blocks may use. */
    public Restrictions withSourceAddresses(List<String> blocks) {
        return new Restrictions(
                pty,
                agentForwarding,
                x11Forwarding,
                portForwarding,
                localForwards,
                remoteForwards,
                subsystems,
                forceCommand,
                Optional.of(blocks),
                environment,
                userPresence,
                userVerification,
                unknown);
    }

    /** A copy with these variables set for every process. */
    public Restrictions withEnvironment(Map<String, String> variables) {
        return new Restrictions(
                pty,
                agentForwarding,
                x11Forwarding,
                portForwarding,
                localForwards,
                remoteForwards,
                subsystems,
                forceCommand,
                sourceAddresses,
                variables,
                userPresence,
                userVerification,
                unknown);
    }

    /** A copy with what a FIDO key's signature must show. */
    public Restrictions withFido(boolean presence, boolean verification) {
        return new Restrictions(
                pty,
                agentForwarding,
                x11Forwarding,
                portForwarding,
                localForwards,
                remoteForwards,
                subsystems,
                forceCommand,
                sourceAddresses,
                environment,
                presence,
                verification,
                unknown);
    }

    /** A copy that names restrictions this SPI has no field for; the gateway then refuses. */
    public Restrictions withUnknown(Set<String> names) {
        return new Restrictions(
                pty,
                agentForwarding,
                x11Forwarding,
                portForwarding,
                localForwards,
                remoteForwards,
                subsystems,
                forceCommand,
                sourceAddresses,
                environment,
                userPresence,
                userVerification,
                names);
    }
}

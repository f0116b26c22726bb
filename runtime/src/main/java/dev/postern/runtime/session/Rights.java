// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.auth.Restrictions;
import dev.postern.api.backend.Destination;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.runtime.config.PolicySettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a connection may do: the intersection of the route's policy, what the credential allows and what the resolution
 * allows. The one place where this is worked out; each question is answered with the code of the refusal, or nothing.
 */
public final class Rights {
    private final PolicySettings policy;
    private final List<Restrictions> restrictions;

    /** The intersection. */
    public Rights(PolicySettings policy, Restrictions credential, Restrictions resolution) {
        this.policy = policy;
        this.restrictions = List.of(credential, resolution);
    }

    /** A PTY. */
    public Optional<RefusalCode> pty() {
        return unless(policy.pty() && all(Restrictions::pty), RefusalCodes.POLICY_PTY);
    }

    /** A shell or a command of the client's choice. */
    public Optional<RefusalCode> exec() {
        return unless(policy.exec(), RefusalCodes.POLICY_EXEC);
    }

    /** A subsystem. */
    public Optional<RefusalCode> subsystem(String name) {
        return unless(
                policy.subsystems().contains(name)
                        && all(it ->
                                it.subsystems().map(names -> names.contains(name)).orElse(true)),
                RefusalCodes.POLICY_SUBSYSTEM);
    }

    /**
     * What runs in place of every shell, command and subsystem. As under sshd the configuration's command is the
     * strongest.
     */
    public Optional<String> forceCommand() {
        return policy.forceCommand().or(() -> forced().findFirst());
    }

    /** Credential and resolution force different commands: neither may run. */
    public boolean forcesConflict() {
        return policy.forceCommand().isEmpty() && forced().distinct().count() > 1;
    }

    private Stream<String> forced() {
        return restrictions.stream().flatMap(it -> it.forceCommand().stream());
    }

    /** Agent forwarding. */
    public Optional<RefusalCode> agentForwarding() {
        return unless(
                policy.agentForwarding() && all(Restrictions::agentForwarding),
                RefusalCodes.POLICY_AGENT);
    }

    /** X11 forwarding. */
    public Optional<RefusalCode> x11Forwarding() {
        return unless(
                policy.x11Forwarding() && all(Restrictions::x11Forwarding),
                RefusalCodes.POLICY_X11);
    }

    /** A connection from inside the sandbox to this destination. */
    public Optional<RefusalCode> localForward(Destination destination) {
        return unless(
                all(Restrictions::portForwarding)
                        && matches(policy.localForwards(), destination)
                        && all(it ->
                                it.localForwards()
                                        .map(list -> matches(list, destination))
                                        .orElse(true)),
                RefusalCodes.POLICY_FORWARD);
    }

    /** A listener inside the sandbox at this address. */
    public Optional<RefusalCode> remoteForward(Destination bind) {
        return unless(
                all(Restrictions::portForwarding)
                        && matches(policy.remoteForwards(), bind)
                        && all(it ->
                                it.remoteForwards().map(list -> matches(list, bind)).orElse(true)),
                RefusalCodes.POLICY_FORWARD);
    }

    /** Whether the client may set this environment variable. */
    public boolean environment(String name) {
        return policy.environment().stream()
                .anyMatch(pattern ->
                        pattern.endsWith("*")
                                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                                : name.equals(pattern));
    }

    /** Variables that are set for every process, whatever the client says. */
    public Map<String, String> fixedEnvironment() {
        Map<String, String> all = new HashMap<>();
        restrictions.forEach(it -> all.putAll(it.environment()));
        return all;
    }

    /** The policy, for its time-outs. */
    public PolicySettings policy() {
        return policy;
    }

    private boolean all(Predicate<Restrictions> allowed) {
        return restrictions.stream().allMatch(allowed);
    }

    private static boolean matches(List<String> patterns, Destination destination) {
        return patterns.stream()
                .flatMap(text -> ForwardPattern.parse(text).stream())
                .anyMatch(pattern -> pattern.allows(destination));
    }

    private static Optional<RefusalCode> unless(boolean allowed, RefusalCode code) {
        return allowed ? Optional.empty() : Optional.of(code);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.auth.Authenticator;
import dev.postern.api.auth.OfferForm;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.sandbox.ResumeHook;
import dev.postern.api.sandbox.SandboxResolver;
import dev.postern.runtime.config.LoginName;
import dev.postern.runtime.config.PolicySettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A route with its components looked up. Immutable: a reload makes new ones, and live connections keep theirs.
 *
 * @param name name under {@code postern.routes}
 * @param authenticators in the order they are asked
 * @param resolver finds and authorises
 * @param resume in the order they are asked
 * @param backends by component name; nothing else may be named by a resolution
 * @param loginName what the SSH user name means
 * @param policy the policy
 * @param resumeTimeout longest wait for waking
 */
public record Route(
        String name,
        List<NamedAuthenticator> authenticators,
        NamedResolver resolver,
        List<NamedHook> resume,
        Map<String, SessionBackend> backends,
        LoginName loginName,
        PolicySettings policy,
        Duration resumeTimeout) {
    public Route {
        authenticators = List.copyOf(authenticators);
        resume = List.copyOf(resume);
        backends = Map.copyOf(backends);
    }

    /**
     * An authenticator of the chain.
     *
     * @param component its component's name
     * @param forms the only forms it sees
     * @param authenticator the facet
     */
    public record NamedAuthenticator(
            String component, Set<OfferForm> forms, Authenticator authenticator) {
        public NamedAuthenticator {
            forms = Set.copyOf(forms);
        }
    }

    /**
     * The resolver.
     *
     * @param component its component's name
     * @param resolver the facet
     */
    public record NamedResolver(String component, SandboxResolver resolver) {}

    /**
     * A resume hook.
     *
     * @param component its component's name
     * @param hook the facet
     */
    public record NamedHook(String component, ResumeHook hook) {}

    /**
     * A listener bound to a route.
     *
     * @param name name of the listener
     * @param sandbox the only sandbox that it serves
     */
    public record ListenerRef(String name, Optional<String> sandbox) {}
}

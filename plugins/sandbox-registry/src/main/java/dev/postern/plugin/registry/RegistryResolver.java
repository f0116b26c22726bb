// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import dev.postern.api.auth.Identity;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.error.PosternException;
import dev.postern.api.sandbox.Resolution;
import dev.postern.api.sandbox.SandboxRequest;
import dev.postern.api.sandbox.SandboxResolver;
import dev.postern.api.sandbox.SandboxState;
import java.time.InstantSource;
import java.util.Optional;

/** A sandbox may be opened by its owner and by the members of its team. */
final class RegistryResolver implements SandboxResolver {
    private final String component;
    private final RegistrySettings settings;
    private final SandboxStore store;
    private final InstantSource clock;

    RegistryResolver(
            String component, RegistrySettings settings, SandboxStore store, InstantSource clock) {
        this.component = component;
        this.settings = settings;
        this.store = store;
        this.clock = clock;
    }

    @Override
    public Resolution resolve(SandboxRequest request) throws InterruptedException {
        Optional<Sandbox> found = lookUp(request.sandbox().filter(SandboxIds::valid));
        if (found.isEmpty() || found.get().endedAt(clock.instant())) {
            return new Resolution.NotFound();
        }
        Sandbox sandbox = found.get();
        Optional<Identity> actor =
                request.identities().stream()
                        .filter(i -> settings.accepts().contains(i.authenticator()))
                        .filter(i -> mayOpen(i, sandbox))
                        .findFirst();
        if (actor.isEmpty()) {
            return new Resolution.Forbidden(
                    "sandbox '" + sandbox.id() + "' is not open to any of " + request.identities());
        }
        return new Resolution.Found(
                sandbox.ref(component),
                actor.get(),
                SandboxState.UNKNOWN,
                Optional.empty(),
                Restrictions.NONE,
                sandbox.expiresAt());
    }

    /** A store that was interrupted says so with a failure and the flag. */
    private Optional<Sandbox> lookUp(Optional<String> id) throws InterruptedException {
        try {
            return id.flatMap(store::lookUp);
        } catch (PosternException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw e;
        }
    }

    private static boolean mayOpen(Identity identity, Sandbox sandbox) {
        return identity.subject().equals(sandbox.owner())
                || sandbox.team()
                        .filter(t -> identity.team().filter(t::equals).isPresent())
                        .isPresent();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import dev.postern.api.auth.Identity;
import dev.postern.api.sandbox.SandboxResolver;
import java.util.Optional;

/** A resolver with a store that knows a sandbox and its owner, as {@link SandboxResolverContract} tests it. */
public interface ResolverSubject extends AutoCloseable {
    /** The component's name. */
    String name();

    /** The resolver. */
    SandboxResolver resolver();

    /** The name of a sandbox that {@link #owner} may open; it sleeps where sandboxes can sleep. */
    String sandbox();

    /** Who may open it. */
    Identity owner();

    /** Who may not open it, of the same authenticator. */
    Identity stranger();

    /** A sandbox that has ended or was killed; empty if this resolver forgets those. */
    default Optional<String> ended() {
        return Optional.empty();
    }

    /** All that a look-up must not change: states, counters of wake-ups, marks of use. */
    Object state();

    /** Makes the store fail; empty if there is no store that can. */
    default Optional<Runnable> breakStore() {
        return Optional.empty();
    }

    /** Makes the store answer no more; empty if it cannot be done. */
    default Optional<Runnable> stallStore() {
        return Optional.empty();
    }

    @Override
    void close();
}

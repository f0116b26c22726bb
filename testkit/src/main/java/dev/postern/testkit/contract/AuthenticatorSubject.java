// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Authenticator;
import java.util.Map;
import java.util.Optional;

/** An authenticator with a store that knows some offers, as {@link AuthenticatorContract} tests it. */
public interface AuthenticatorSubject extends AutoCloseable {
    /** The component's name. */
    String name();

    /** The authenticator. */
    Authenticator authenticator();

    /** An offer that it grants. */
    AuthOffer granted();

    /**
     * Offers that it must not grant, each with what is wrong with it: an unknown key, an expired one, a certificate with
     * an unknown critical option. At least one.
     */
    Map<String, AuthOffer> refused();

    /** Whether {@link #granted} is good for one login only. */
    default boolean oneTime() {
        return false;
    }

    /**
     * All that is stored, in a form that can be compared: what consuming a credential or noting its use would change.
     */
    Object state();

    /** Revokes what {@link #granted} offers; empty if this authenticator cannot. */
    default Optional<Runnable> revoke() {
        return Optional.empty();
    }

    /** Makes the store fail, as a database that is down does; empty if there is no store that can. */
    default Optional<Runnable> breakStore() {
        return Optional.empty();
    }

    /** Makes the store answer no more, as a network that swallows packets does; empty if it cannot be done. */
    default Optional<Runnable> stallStore() {
        return Optional.empty();
    }

    @Override
    void close();
}

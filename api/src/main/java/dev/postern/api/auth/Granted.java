// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.auth;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The offer is good, provided that the client proves possession and the sandbox may be opened.
 *
 * @param identities who this may be, at least one; the resolver says which one acts
 * @param credential what would be revoked to take this back
 * @param sandbox the only sandbox that the credential opens; empty if it is not bound to one
 * @param guestUser the only user inside the sandbox, where the credential fixes it
 * @param restrictions how it narrows what may be done
 * @param notAfter when the credential ends; a new login after it is refused
 */
public record Granted(
        List<Identity> identities,
        CredentialRef credential,
        Optional<String> sandbox,
        Optional<String> guestUser,
        Restrictions restrictions,
        Optional<Instant> notAfter)
        implements AuthDecision {
    public Granted {
        identities = List.copyOf(identities);
        if (identities.isEmpty()) {
            throw new IllegalArgumentException("Granted has no identity, expected at least one");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.auth.Restrictions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What stands before a key in an authorized_keys file.
 *
 * @param authority whether the key is a CA's, whose certificates are meant instead of the key itself
 * @param principals for a CA's key, the names of which a certificate must carry one; empty if the login name is asked for
 * @param from addresses that may use the key, for {@link AddressPatterns#from}
 * @param endsAt when the key ends, exclusive
 * @param restrictions how the key narrows what may be done
 */
public record AuthorizedKeyOptions(
        boolean authority,
        Optional<List<String>> principals,
        Optional<String> from,
        Optional<Instant> endsAt,
        Restrictions restrictions) {
    /** A key without options. */
    public static final AuthorizedKeyOptions NONE =
            new AuthorizedKeyOptions(
                    false, Optional.empty(), Optional.empty(), Optional.empty(), Restrictions.NONE);

    public AuthorizedKeyOptions {
        principals = principals.map(List::copyOf);
    }
}

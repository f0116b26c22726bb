// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.auth;

import java.util.Optional;

/**
 * Who a person is: the pair of the authenticator component that says so and the subject it names. "alice" of one
 * component is not "alice" of another.
 *
 * @param authenticator name of the component under {@code postern.components}
 * @param subject the person's stable name within that component
 * @param team the team on whose behalf this identity acts, where the component knows teams; one key may be several
 *     identities, one a team, and the resolver says which one acts
 */
public record Identity(String authenticator, String subject, Optional<String> team) {
    /** An identity without a team. */
    public Identity(String authenticator, String subject) {
        this(authenticator, subject, Optional.empty());
    }

    @Override
    public String toString() {
        return authenticator + ":" + team.map(t -> t + "/").orElse("") + subject;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Somebody who may own keys.
 *
 * @param name stable name
 * @param teams the teams that the user belongs to, sorted
 * @param disabled whether no login is granted
 * @param createdAt when it was made
 */
record User(String name, List<String> teams, boolean disabled, Instant createdAt) {
    User {
        teams = List.copyOf(teams);
    }

    /** This user in the other's teams too. */
    User withTeamsOf(User other) {
        return new User(
                name,
                Stream.concat(teams.stream(), other.teams.stream()).toList(),
                disabled,
                createdAt);
    }
}

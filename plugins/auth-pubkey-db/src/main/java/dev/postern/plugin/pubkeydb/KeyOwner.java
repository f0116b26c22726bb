// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import java.time.Instant;
import java.util.Optional;

/**
 * What a look-up by fingerprint finds: one row a team of the key's user, one without a team if there is none.
 *
 * @param keyId the key's id
 * @param publicKey the stored key, compared whole
 * @param user whose it is
 * @param disabled whether the user is disabled
 * @param team the team
 * @param expiresAt when the key ends
 */
record KeyOwner(
        String keyId,
        String publicKey,
        String user,
        boolean disabled,
        Optional<String> team,
        Optional<Instant> expiresAt) {}

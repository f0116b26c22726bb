// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.auth;

import dev.postern.api.auth.CredentialRef;
import dev.postern.api.auth.Identity;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.api.sandbox.SandboxState;
import dev.postern.runtime.session.Rights;
import java.time.Instant;
import java.util.Optional;

/**
 * A login that may succeed.
 *
 * @param actor who acts
 * @param credential what would be revoked to take it back
 * @param sandbox where to
 * @param state what the resolver knew of the sandbox
 * @param guestUser the user inside, if anybody named one
 * @param rights what it may do
 * @param endsAt when the sandbox ends
 */
public record Login(
        Identity actor,
        CredentialRef credential,
        SandboxRef sandbox,
        SandboxState state,
        Optional<String> guestUser,
        Rights rights,
        Optional<Instant> endsAt) {}

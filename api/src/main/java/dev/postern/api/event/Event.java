// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.event;

import dev.postern.api.auth.CredentialRef;
import dev.postern.api.auth.Identity;
import java.time.Instant;

/** Something that every gateway must know. */
public sealed interface Event {
    /** A credential is no longer good: connections that logged in with it end. */
    record CredentialRevoked(CredentialRef credential) implements Event {}

    /**
     * A sandbox has ended or was killed: its connections end.
     *
     * @param resolver the component that resolves it
     * @param id the sandbox
     */
    record SandboxEnded(String resolver, String id) implements Event {}

    /**
     * A sandbox will be paused: its connections detach before the deadline.
     *
     * @param resolver the component that resolves it
     * @param id the sandbox
     * @param deadline until when
     */
    record SandboxPausing(String resolver, String id, Instant deadline) implements Event {}

    /** Somebody may no longer log in: connections that act as this identity end. */
    record IdentityDisabled(Identity identity) implements Event {}
}

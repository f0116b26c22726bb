// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.sandbox;

import java.time.Duration;

/**
 * Asks to wake a sandbox.
 *
 * @param sandbox as the resolver answered
 * @param state what the resolver knew
 * @param timeout how long the gateway will wait from now; it interrupts the call then
 */
public record ResumeRequest(SandboxRef sandbox, SandboxState state, Duration timeout) {}

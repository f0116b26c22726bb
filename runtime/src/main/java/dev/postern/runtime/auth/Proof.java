// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.auth;

/**
 * How a login was proven, as far as restrictions ask.
 *
 * @param securityKey whether a FIDO key signed
 * @param userPresent whether its signature says that somebody touched it
 * @param userVerified whether its signature says that it verified who did
 */
public record Proof(boolean securityKey, boolean userPresent, boolean userVerified) {
    /** A signature without a FIDO key, or no signature at all. */
    public static final Proof PLAIN = new Proof(false, false, false);
}

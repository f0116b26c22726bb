// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.auth;

/** The forms of {@link AuthOffer}; an authenticator sees only those that its factory declares. */
public enum OfferForm {
    /** A plain public key (RFC 4252 section 7). */
    PLAIN_KEY,
    /** An OpenSSH certificate; never offered as its inner key. */
    CERTIFICATE,
    /** A secret in the user name, where the route says {@code login-name = token}. */
    TOKEN
}

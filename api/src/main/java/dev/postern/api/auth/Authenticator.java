// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.auth;

/**
 * Judges what a client offers.
 *
 * <p>Called by the gateway on a virtual thread of the connection's own, any number of connections at once; it may
 * block. Interruption means that the client has gone or that the login grace time is over: return soon by throwing
 * {@link InterruptedException}. An exception denies this offer and stops the chain for it (fail closed); the client's
 * next key may still be tried. Not closed on its own: it lives as long as its component.
 */
public interface Authenticator {
    /**
     * Judges an offer and changes nothing: no resume, no consumption, no last-used mark. Called for the public key query
     * (RFC 4252 section 7), when nothing is proven yet, and again for the signed request. A known and an unknown key
     * should take the same path.
     *
     * @param offer one of the forms that the factory declares
     * @return granted, denied, or abstained if the offer is not this authenticator's
     * @throws InterruptedException if the connection ended meanwhile
     */
    AuthDecision evaluate(AuthOffer offer) throws InterruptedException;

    /**
     * Called exactly once a login, after the signature was proven, the sandbox resolved and authorised and the
     * connection entered the live set, and before success is sent. The place to consume a one-time credential and to
     * note the use. An outcome that is unknown (a connection lost at COMMIT) must be thrown or refused.
     *
     * @param offer the same offer
     * @param granted what {@link #evaluate} answered for the signed request
     * @return confirmed, or refused if the credential is no longer good
     * @throws InterruptedException if the connection ended meanwhile
     */
    default Confirmation confirm(AuthOffer offer, Granted granted) throws InterruptedException {
        return Confirmation.CONFIRMED;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.auth;

import dev.postern.api.key.SshCertificate;
import dev.postern.api.key.SshPublicKey;
import dev.postern.api.value.Secret;

/** What a client offers to prove who it is. */
public sealed interface AuthOffer {
    /** The connection it arrives on. */
    AuthContext context();

    /** Which form it is. */
    OfferForm form();

    /** A plain public key. */
    record PlainKey(AuthContext context, SshPublicKey key) implements AuthOffer {
        @Override
        public OfferForm form() {
            return OfferForm.PLAIN_KEY;
        }
    }

    /** A certificate; that some CA signed it is all that is known. */
    record Certificate(AuthContext context, SshCertificate certificate) implements AuthOffer {
        @Override
        public OfferForm form() {
            return OfferForm.CERTIFICATE;
        }
    }

    /** A token that came as the user name. */
    record Token(AuthContext context, Secret token) implements AuthOffer {
        @Override
        public OfferForm form() {
            return OfferForm.TOKEN;
        }
    }
}

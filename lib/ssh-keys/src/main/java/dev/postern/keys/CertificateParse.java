// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshCertificate;

/** What became of reading a certificate. */
public sealed interface CertificateParse {
    /**
     * A certificate whose form is right. Nothing about it is judged yet, not even its signature.
     *
     * @param certificate the certificate
     * @param comment what stands behind it, may be empty
     */
    record Parsed(SshCertificate certificate, String comment) implements CertificateParse {}

    /**
     * Not a certificate that may be used.
     *
     * @param reason which kind of mistake
     * @param message one sentence for the person who gave it
     */
    record Rejected(Reason reason, String message) implements CertificateParse {}

    /** The kinds of mistakes. */
    enum Reason {
        /** Nothing of the kind. */
        NOT_A_CERTIFICATE,
        /** A certificate over a key type that is not known, DSA included. */
        UNKNOWN_TYPE,
        /** Over an RSA key that is too short, or signed by one. */
        RSA_SHORT,
        /** The right form with wrong contents. */
        MALFORMED
    }
}

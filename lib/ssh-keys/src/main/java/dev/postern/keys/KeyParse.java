// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshPublicKey;

/** What became of reading a public key. */
public sealed interface KeyParse {
    /**
     * A good key.
     *
     * @param key the key
     * @param comment what stands behind it, may be empty
     */
    record Parsed(SshPublicKey key, String comment) implements KeyParse {}

    /**
     * Not a key that may be used.
     *
     * @param reason which kind of mistake
     * @param message one sentence for the person who gave it; never holds key material
     */
    record Rejected(Reason reason, String message) implements KeyParse {}

    /** The kinds of mistakes. */
    enum Reason {
        /** Nothing but white space. */
        EMPTY,
        /** A private key. */
        PRIVATE_KEY,
        /** A DSA key. */
        DSA,
        /** An RSA key that is too short. */
        RSA_SHORT,
        /** More than one line. */
        SEVERAL_LINES,
        /** A certificate instead of a key. */
        CERTIFICATE,
        /** A key with options before it. */
        OPTIONS,
        /** A type that is not known. */
        UNKNOWN_TYPE,
        /** The right form with wrong contents. */
        MALFORMED,
        /** Nothing of the kind. */
        NOT_A_KEY
    }
}

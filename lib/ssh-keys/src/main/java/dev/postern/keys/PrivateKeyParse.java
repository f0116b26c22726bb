// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

/** What became of reading a private key. */
public sealed interface PrivateKeyParse {
    /**
     * A key that can sign.
     *
     * @param key the key
     * @param comment what ssh-keygen's -C said
     */
    record Parsed(SigningKey key, String comment) implements PrivateKeyParse {}

    /**
     * Not a key that can be used.
     *
     * @param message one sentence for the person who gave it; nothing of the key
     */
    record Rejected(String message) implements PrivateKeyParse {}
}

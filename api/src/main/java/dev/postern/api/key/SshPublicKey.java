// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.key;

import dev.postern.api.value.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A public key in its wire form (RFC 4253 section 6.6, RFC 8709, RFC 5656).
 *
 * @param algorithm the key type's name, such as {@code ssh-ed25519}; for RSA {@code ssh-rsa}, whatever the signature
 * @param blob the encoded key, which begins with the algorithm's name
 */
public record SshPublicKey(String algorithm, Bytes blob) {
    /** {@code SHA256:} and the unpadded base64 of the blob's SHA-256, as OpenSSH shows it. */
    public String fingerprint() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(blob.toArray());
            return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
        }
    }

    /** The one-line text form without a comment: algorithm, space, base64. */
    public String line() {
        return algorithm + " " + Base64.getEncoder().encodeToString(blob.toArray());
    }

    @Override
    public String toString() {
        return algorithm + " " + fingerprint();
    }
}

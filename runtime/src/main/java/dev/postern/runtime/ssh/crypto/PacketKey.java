// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import java.util.Arrays;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** The key that encrypts the bodies of one direction of a connection, in the forms that the engines want. */
final class PacketKey {
    private final byte[] bytes;
    private final int[] words;
    private final SecretKey secret;

    PacketKey(byte[] material, int offset) {
        bytes = Arrays.copyOfRange(material, offset, offset + ChaCha20Block.KEY_SIZE);
        words = ChaCha20Block.words(bytes, 0);
        secret = new SecretKeySpec(bytes, "ChaCha20");
    }

    /** The key itself, not a copy; callers only read it. */
    byte[] bytes() {
        return bytes;
    }

    int[] words() {
        return words;
    }

    SecretKey secret() {
        return secret;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * ChaCha20 in its first form, with a 64-bit counter and a 64-bit nonce, one 64-byte block at a time.
 *
 * <p>It serves packet lengths and short packets, for which setting up the JDK's cipher costs more than the whole
 * encryption. Nothing is allocated and nothing depends on secret data but the arithmetic.
 */
final class ChaCha20Block {
    static final int SIZE = 64;
    static final int KEY_SIZE = 32;

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private ChaCha20Block() {}

    /** Reads a 32-byte key as the eight words that {@link #keyStream} takes. */
    static int[] words(byte[] key, int offset) {
        int[] words = new int[KEY_SIZE / Integer.BYTES];
        for (int i = 0; i < words.length; i++) {
            words[i] = (int) INT.get(key, offset + i * Integer.BYTES);
        }
        return words;
    }

    /**
     * Writes one block of key stream into {@code out}, which has room for 64 bytes.
     *
     * @param sequence the packet's sequence number; the nonce is this number as eight bytes, most significant first
     */
    static void keyStream(int[] key, int sequence, int counter, byte[] out) {
        int nonce = Integer.reverseBytes(sequence);
        int x0 = 0x61707865;
        int x1 = 0x3320646e;
        int x2 = 0x79622d32;
        int x3 = 0x6b206574;
        int x4 = key[0];
        int x5 = key[1];
        int x6 = key[2];
        int x7 = key[3];
        int x8 = key[4];
        int x9 = key[5];
        int x10 = key[6];
        int x11 = key[7];
        int x12 = counter;
        int x13 = 0;
        int x14 = 0;
        int x15 = nonce;
        for (int round = 0; round < 10; round++) {
            x0 += x4;
            x12 = Integer.rotateLeft(x12 ^ x0, 16);
            x8 += x12;
            x4 = Integer.rotateLeft(x4 ^ x8, 12);
            x1 += x5;
            x13 = Integer.rotateLeft(x13 ^ x1, 16);
            x9 += x13;
            x5 = Integer.rotateLeft(x5 ^ x9, 12);
            x2 += x6;
            x14 = Integer.rotateLeft(x14 ^ x2, 16);
            x10 += x14;
            x6 = Integer.rotateLeft(x6 ^ x10, 12);
            x3 += x7;
            x15 = Integer.rotateLeft(x15 ^ x3, 16);
            x11 += x15;
            x7 = Integer.rotateLeft(x7 ^ x11, 12);
            x0 += x4;
            x12 = Integer.rotateLeft(x12 ^ x0, 8);
            x8 += x12;
            x4 = Integer.rotateLeft(x4 ^ x8, 7);
            x1 += x5;
            x13 = Integer.rotateLeft(x13 ^ x1, 8);
            x9 += x13;
            x5 = Integer.rotateLeft(x5 ^ x9, 7);
            x2 += x6;
            x14 = Integer.rotateLeft(x14 ^ x2, 8);
            x10 += x14;
            x6 = Integer.rotateLeft(x6 ^ x10, 7);
            x3 += x7;
            x15 = Integer.rotateLeft(x15 ^ x3, 8);
            x11 += x15;
            x7 = Integer.rotateLeft(x7 ^ x11, 7);
            x0 += x5;
            x15 = Integer.rotateLeft(x15 ^ x0, 16);
            x10 += x15;
            x5 = Integer.rotateLeft(x5 ^ x10, 12);
            x1 += x6;
            x12 = Integer.rotateLeft(x12 ^ x1, 16);
            x11 += x12;
            x6 = Integer.rotateLeft(x6 ^ x11, 12);
            x2 += x7;
            x13 = Integer.rotateLeft(x13 ^ x2, 16);
            x8 += x13;
            x7 = Integer.rotateLeft(x7 ^ x8, 12);
            x3 += x4;
            x14 = Integer.rotateLeft(x14 ^ x3, 16);
            x9 += x14;
            x4 = Integer.rotateLeft(x4 ^ x9, 12);
            x0 += x5;
            x15 = Integer.rotateLeft(x15 ^ x0, 8);
            x10 += x15;
            x5 = Integer.rotateLeft(x5 ^ x10, 7);
            x1 += x6;
            x12 = Integer.rotateLeft(x12 ^ x1, 8);
            x11 += x12;
            x6 = Integer.rotateLeft(x6 ^ x11, 7);
            x2 += x7;
            x13 = Integer.rotateLeft(x13 ^ x2, 8);
            x8 += x13;
            x7 = Integer.rotateLeft(x7 ^ x8, 7);
            x3 += x4;
            x14 = Integer.rotateLeft(x14 ^ x3, 8);
            x9 += x14;
            x4 = Integer.rotateLeft(x4 ^ x9, 7);
        }
        INT.set(out, 0, x0 + 0x61707865);
        INT.set(out, 4, x1 + 0x3320646e);
        INT.set(out, 8, x2 + 0x79622d32);
        INT.set(out, 12, x3 + 0x6b206574);
        INT.set(out, 16, x4 + key[0]);
        INT.set(out, 20, x5 + key[1]);
        INT.set(out, 24, x6 + key[2]);
        INT.set(out, 28, x7 + key[3]);
        INT.set(out, 32, x8 + key[4]);
        INT.set(out, 36, x9 + key[5]);
        INT.set(out, 40, x10 + key[6]);
        INT.set(out, 44, x11 + key[7]);
        INT.set(out, 48, x12 + counter);
        INT.set(out, 52, x13);
        INT.set(out, 56, x14);
        INT.set(out, 60, x15 + nonce);
    }
}

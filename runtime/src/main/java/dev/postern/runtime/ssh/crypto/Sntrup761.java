// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Encapsulation of Streamlined NTRU Prime 761 (draft-ietf-sshm-ntruprime-ssh; the reference is SUPERCOP's sntrup761), the
 * server's half of sntrup761x25519-sha512.
 *
 * <p>BouncyCastle's takes 5 ms, which was most of the CPU of a login; this takes some tens of microseconds, because its
 * one costly loop is written so that the JIT compiler makes vector instructions of it. Secret values decide neither
 * branches nor addresses.
 *
 * <p>Polynomials are {@code int[761]}, coefficients modulo 4591 held in [-2295, 2295].
 */
final class Sntrup761 {
    static final int PUBLIC_KEY_SIZE = 1158;
    static final int CIPHERTEXT_SIZE = 1039;
    static final int SECRET_SIZE = 32;

    private static final int P = 761;
    private static final int Q = 4591;
    private static final int HALF_Q = (Q - 1) / 2;
    private static final int WEIGHT = 286;
    private static final int ROUNDED_SIZE = 1007;
    private static final int SMALL_SIZE = (P + 3) / 4;
    private static final int HASH_SIZE = 32;

    /** A multiple of Q above any coefficient of a product, to make the dividend positive. */
    private static final int LIFT = Q * 1000;

    private Sntrup761() {}

    /** What an encapsulation gives: the ciphertext for the peer, and the secret that the peer will find in it. */
    static final class Encapsulation {
        private final byte[] ciphertext;
        private final byte[] secret;

        private Encapsulation(byte[] ciphertext, byte[] secret) {
            this.ciphertext = ciphertext;
            this.secret = secret;
        }

        byte[] ciphertext() {
            return ciphertext;
        }

        byte[] secret() {
            return secret;
        }
    }

    /** Makes a secret for the owner of the public key, which has {@value #PUBLIC_KEY_SIZE} bytes; any such bytes are a key. */
    static Encapsulation encapsulate(byte[] publicKey, SecureRandom random) {
        int[] small = randomShort(random);
        byte[] smallEncoded = encodeSmall(small);
        int[] product = multiply(decodeKey(publicKey), small);
        byte[] ciphertext = Arrays.copyOf(encodeRounded(product), CIPHERTEXT_SIZE);

        byte[] smallHash = hash(3, smallEncoded);
        byte[] confirmation = hash(2, smallHash, hash(4, publicKey));
        System.arraycopy(confirmation, 0, ciphertext, ROUNDED_SIZE, HASH_SIZE);
        return new Encapsulation(ciphertext, hash(1, smallHash, ciphertext));
    }

    private static byte[] hash(int prefix, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-512");
            digest.update((byte) prefix);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return Arrays.copyOf(digest.digest(), HASH_SIZE);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-512", e);
        }
    }

    /** A random polynomial with exactly 286 coefficients of 1 or -1: marks are shuffled by sorting random tags. */
    private static int[] randomShort(SecureRandom random) {
        byte[] bytes = new byte[P * Integer.BYTES];
        random.nextBytes(bytes);
        IntBuffer words = ByteBuffer.wrap(bytes).asIntBuffer();
        int[] tags = new int[P];
        for (int i = 0; i < P; i++) {
            int word = words.get(i);
            tags[i] = i < WEIGHT ? word & -2 : (word & -3) | 1;
        }
        sort(tags);
        for (int i = 0; i < P; i++) {
            tags[i] = (tags[i] & 3) - 1;
        }
        return tags;
    }

    /** Batcher's merge exchange: which elements are compared does not depend on their values. */
    static void sort(int[] x) {
        int top = Integer.highestOneBit(x.length - 1);
        for (int p = top; p > 0; p >>>= 1) {
            int q = top;
            int r = 0;
            int distance = p;
            while (true) {
                for (int i = 0; i < x.length - distance; i++) {
                    if ((i & p) == r) {
                        int low = Math.min(x[i], x[i + distance]);
                        x[i + distance] = Math.max(x[i], x[i + distance]);
                        x[i] = low;
                    }
                }
                if (q == p) {
                    break;
                }
                distance = q - p;
                q >>>= 1;
                r = p;
            }
        }
    }

    /** The product modulo x^761 - x - 1, coefficients reduced. {@code small} has coefficients of -1, 0 and 1. */
    private static int[] multiply(int[] h, int[] small) {
        int[] sum = new int[2 * P];
        for (int i = 0; i < P; i++) {
            addMultiple(sum, i, h, small[i]);
        }
        for (int i = 2 * P - 2; i >= P; i--) {
            sum[i - P] += sum[i];
            sum[i - P + 1] += sum[i];
        }
        int[] result = new int[P];
        for (int i = 0; i < P; i++) {
            result[i] = (sum[i] + LIFT + HALF_Q) % Q - HALF_Q;
        }
        return result;
    }

    /** The inner loop of a multiplication, a method of its own so that it is compiled to vector instructions. */
    private static void addMultiple(int[] sum, int offset, int[] h, int factor) {
        for (int j = 0; j < P; j++) {
            sum[offset + j] += factor * h[j];
        }
    }

    private static byte[] encodeSmall(int[] small) {
        byte[] out = new byte[SMALL_SIZE];
        for (int i = 0; i < P; i++) {
            out[i / 4] |= (byte) ((small[i] + 1) << (2 * (i % 4)));
        }
        return out;
    }

    /** Rounds each coefficient to the nearest multiple of 3 and packs the third of it. */
    private static byte[] encodeRounded(int[] a) {
        int[] values = new int[P];
        int[] moduli = new int[P];
        for (int i = 0; i < P; i++) {
            int rounded = 3 * ((10923 * a[i] + 16384) >> 15);
            values[i] = ((rounded + HALF_Q) * 10923) >> 15;
            moduli[i] = (Q + 2) / 3;
        }
        return MixedRadix.encode(values, moduli, ROUNDED_SIZE);
    }

    private static int[] decodeKey(byte[] key) {
        int[] moduli = new int[P];
        Arrays.fill(moduli, Q);
        int[] h = MixedRadix.decode(key, moduli);
        for (int i = 0; i < P; i++) {
            h[i] -= HALF_Q;
        }
        return h;
    }
}

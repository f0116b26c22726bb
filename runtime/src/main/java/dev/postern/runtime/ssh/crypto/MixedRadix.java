// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

/**
 * NTRU Prime's way to pack integers, each below a modulus of its own, into bytes: neighbours are joined two by two, low
 * bytes are put out as soon as a joined modulus has more than 14 bits, and so on until one number is left.
 */
final class MixedRadix {
    private static final int LIMIT = 16384;

    private MixedRadix() {}

    /** Packs {@code values}; both arrays are used up. The moduli alone decide how many bytes come out. */
    static byte[] encode(int[] values, int[] moduli, int size) {
        byte[] out = new byte[size];
        int at = 0;
        int count = values.length;
        while (count > 1) {
            int half = 0;
            for (int i = 0; i < count - 1; i += 2, half++) {
                int value = values[i] + values[i + 1] * moduli[i];
                int modulus = moduli[i] * moduli[i + 1];
                while (modulus >= LIMIT) {
                    out[at++] = (byte) value;
                    value >>>= 8;
                    modulus = (modulus + 255) >>> 8;
                }
                values[half] = value;
                moduli[half] = modulus;
            }
            if (count % 2 == 1) {
                values[half] = values[count - 1];
                moduli[half] = moduli[count - 1];
                half++;
            }
            count = half;
        }
        for (int modulus = moduli[0]; modulus > 1; modulus = (modulus + 255) >>> 8) {
            out[at++] = (byte) values[0];
            values[0] >>>= 8;
        }
        return out;
    }

    /** Unpacks as many values as there are moduli. Bytes that no encoder made give some values below the moduli. */
    static int[] decode(byte[] in, int[] moduli) {
        return decode(in, 0, moduli);
    }

    private static int[] decode(byte[] in, int from, int[] moduli) {
        int count = moduli.length;
        if (count == 1) {
            return new int[] {last(in, from, moduli[0])};
        }
        int[] joined = new int[(count + 1) / 2];
        int[] bottom = new int[count / 2];
        int[] scale = new int[count / 2];
        int at = from;
        for (int i = 0; i < count - 1; i += 2) {
            int modulus = moduli[i] * moduli[i + 1];
            int part = i / 2;
            scale[part] = 1;
            while (modulus >= LIMIT) {
                bottom[part] += (in[at++] & 0xff) * scale[part];
                scale[part] <<= 8;
                modulus = (modulus + 255) >>> 8;
            }
            joined[part] = modulus;
        }
        if (count % 2 == 1) {
            joined[count / 2] = moduli[count - 1];
        }
        int[] upper = decode(in, at, joined);
        int[] values = new int[count];
        for (int i = 0; i < count - 1; i += 2) {
            int value = bottom[i / 2] + scale[i / 2] * upper[i / 2];
            values[i] = Integer.remainderUnsigned(value, moduli[i]);
            values[i + 1] =
                    Integer.remainderUnsigned(
                            Integer.divideUnsigned(value, moduli[i]), moduli[i + 1]);
        }
        if (count % 2 == 1) {
            values[count - 1] = upper[count / 2];
        }
        return values;
    }

    private static int last(byte[] in, int from, int modulus) {
        int value = 0;
        int scale = 1;
        int at = from;
        for (int rest = modulus; rest > 1; rest = (rest + 255) >>> 8) {
            value += (in[at++] & 0xff) * scale;
            scale <<= 8;
        }
        return value % modulus;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.keys.WireReader.MalformedException;
import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** What follows a key type's name in its wire form (RFC 4253 section 6.6, RFC 5656, RFC 8709, PROTOCOL.u2f). */
final class KeyFields {
    /** Shorter RSA keys are refused (RFC 8332 and common sense). */
    static final int RSA_LEAST_BITS = 2048;

    private static final int RSA_MOST_BITS = 16_384;
    static final SortedSet<String> TYPES =
            Collections.unmodifiableSortedSet(
                    new TreeSet<>(
                            List.of(
                                    "ssh-ed25519",
                                    "ssh-rsa",
                                    "ecdsa-sha2-nistp256",
                                    "ecdsa-sha2-nistp384",
                                    "ecdsa-sha2-nistp521",
                                    "sk-ssh-ed25519@openssh.com",
                                    "sk-ecdsa-sha2-nistp256@openssh.com")));

    private static final Map<String, Integer> CURVES =
            Map.of("nistp256", 65, "nistp384", 97, "nistp521", 133);

    private KeyFields() {}

    static boolean known(String type) {
        return TYPES.contains(type);
    }

    /** Reads and checks the fields of a known type; answers the modulus's bits of an RSA key, else 0. */
    static int check(String type, WireReader reader) throws MalformedException {
        switch (type) {
            case "ssh-ed25519" -> exactly(reader.string(), 32);
            case "sk-ssh-ed25519@openssh.com" -> {
                exactly(reader.string(), 32);
                application(reader);
            }
            case "ssh-rsa" -> {
                BigInteger exponent = new BigInteger(1, reader.positiveInteger());
                BigInteger modulus = new BigInteger(1, reader.positiveInteger());
                if (!exponent.testBit(0) || exponent.bitLength() < 2 || !modulus.testBit(0)) {
                    throw new MalformedException("an RSA number is even or too small");
                }
                if (modulus.bitLength() > RSA_MOST_BITS) {
                    throw new MalformedException(
                            "an RSA number has over " + RSA_MOST_BITS + " bits");
                }
                return modulus.bitLength();
            }
            case "sk-ecdsa-sha2-nistp256@openssh.com" -> {
                point(reader, "nistp256");
                application(reader);
            }
            default -> point(reader, type.substring("ecdsa-sha2-".length()));
        }
        return 0;
    }

    private static void point(WireReader reader, String curve) throws MalformedException {
        if (!reader.text().equals(curve)) {
            throw new MalformedException("it names another curve inside");
        }
        byte[] point = reader.string();
        exactly(point, CURVES.getOrDefault(curve, 0));
        if (point[0] != 4) {
            throw new MalformedException("its point is compressed");
        }
    }

    private static void application(WireReader reader) throws MalformedException {
        if (reader.string().length == 0) {
            throw new MalformedException("its application is empty");
        }
    }

    private static void exactly(byte[] value, int length) throws MalformedException {
        if (value.length != length) {
            throw new MalformedException(
                    "a field has " + value.length + " octets, expected " + length);
        }
    }
}

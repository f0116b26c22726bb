// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.value;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable string of octets with value equality.
 *
 * <p>SSH strings are octets, not characters (RFC 4251 section 5); a command or a key blob keeps its bytes exactly. Safe
 * for use by any number of threads. {@link #toString()} shows only the length, so that no secret reaches a log.
 */
public final class Bytes {
    private static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] octets;

    private Bytes(byte[] octets) {
        this.octets = octets;
    }

    /** The empty string. */
    public static Bytes empty() {
        return EMPTY;
    }

    /** A copy of the given octets. */
    public static Bytes of(byte[] octets) {
        return octets.length == 0 ? EMPTY : new Bytes(octets.clone());
    }

    /** A copy of {@code length} octets from {@code offset}. */
    public static Bytes of(byte[] octets, int offset, int length) {
        return new Bytes(Arrays.copyOfRange(octets, offset, offset + length));
    }

    /** The UTF-8 octets of a text. */
    public static Bytes utf8(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Number of octets. */
    public int length() {
        return octets.length;
    }

    /** The octet at an index from 0. */
    public byte at(int index) {
        return octets[index];
    }

    /** A fresh copy of the octets. */
    public byte[] toArray() {
        return octets.clone();
    }

    /** The octets as text; what is not UTF-8 becomes U+FFFD, so this is for people, not for programs. */
    public String text() {
        return new String(octets, StandardCharsets.UTF_8);
    }

    /** Lower-case hexadecimal digits, two an octet. */
    public String hex() {
        return HexFormat.of().formatHex(octets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return "Bytes[" + octets.length + "]";
    }
}

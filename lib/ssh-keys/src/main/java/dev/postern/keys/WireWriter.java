// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Writes SSH's data types (RFC 4251 section 5). */
final class WireWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    WireWriter uint32(long value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes.write((int) (value >>> shift));
        }
        return this;
    }

    WireWriter uint64(long value) {
        return uint32(value >>> 32).uint32(value);
    }

    WireWriter string(byte[] value) {
        uint32(value.length);
        bytes.writeBytes(value);
        return this;
    }

    WireWriter string(String value) {
        return string(value.getBytes(StandardCharsets.UTF_8));
    }

    /** A multiple precision integer that is not negative. */
    WireWriter integer(BigInteger value) {
        return string(value.signum() == 0 ? new byte[0] : value.toByteArray());
    }

    WireWriter raw(byte[] value) {
        bytes.writeBytes(value);
        return this;
    }

    WireWriter octet(int value) {
        bytes.write(value);
        return this;
    }

    int length() {
        return bytes.size();
    }

    byte[] toArray() {
        return bytes.toByteArray();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Builds a payload in the encoding of RFC 4251 section 5. */
final class PayloadWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(64);

    PayloadWriter uint32(long value) {
        out.write((int) (value >>> 24));
        out.write((int) (value >>> 16));
        out.write((int) (value >>> 8));
        out.write((int) value);
        return this;
    }

    PayloadWriter octets(byte[] octets) {
        uint32(octets.length);
        out.writeBytes(octets);
        return this;
    }

    PayloadWriter text(String text) {
        return octets(text.getBytes(StandardCharsets.UTF_8));
    }

    PayloadWriter bool(boolean value) {
        out.write(value ? 1 : 0);
        return this;
    }

    PayloadWriter texts(List<String> list) {
        uint32(list.size());
        list.forEach(this::text);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}

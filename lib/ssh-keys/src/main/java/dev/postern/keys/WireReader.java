// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads SSH's data types (RFC 4251 section 5) from a blob of somebody else's. Every length is checked first. */
final class WireReader {
    private final byte[] bytes;
    private int position;

    WireReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** What is wrong with a blob. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message, null, false, false);
        }
    }

    boolean atEnd() {
        return position == bytes.length;
    }

    int position() {
        return position;
    }

    /** The octets from a position that was read before up to here. */
    byte[] since(int start) {
        return Arrays.copyOfRange(bytes, start, position);
    }

    long uint32() throws MalformedException {
        need(4);
        long value = 0;
        for (int i = 0; i < 4; i++) {
            value = (value << 8) | (bytes[position++] & 0xff);
        }
        return value;
    }

    long uint64() throws MalformedException {
        return (uint32() << 32) | uint32();
    }

    int octet() throws MalformedException {
        need(1);
        return bytes[position++] & 0xff;
    }

    byte[] string() throws MalformedException {
        long length = uint32();
        if (length > bytes.length - position) {
            throw new MalformedException("a length points past the end");
        }
        byte[] value = Arrays.copyOfRange(bytes, position, position + (int) length);
        position += (int) length;
        return value;
    }

    String text() throws MalformedException {
        return new String(string(), StandardCharsets.UTF_8);
    }

    /** A text without a NUL, which C programs would cut there. */
    String plainText() throws MalformedException {
        String text = text();
        if (text.indexOf('\0') >= 0) {
            throw new MalformedException("a text holds a NUL");
        }
        return text;
    }

    /** A text that is what its octets say, so that two unlike strings never become one text. */
    String exactText() throws MalformedException {
        byte[] octets = string();
        String text = new String(octets, StandardCharsets.UTF_8);
        if (text.indexOf('\0') >= 0
                || !Arrays.equals(octets, text.getBytes(StandardCharsets.UTF_8))) {
            throw new MalformedException("a text is not UTF-8 or holds a NUL");
        }
        return text;
    }

    /** A non-negative multiple precision integer in its shortest form; answers its magnitude without a sign octet. */
    byte[] positiveInteger() throws MalformedException {
        byte[] value = string();
        if (value.length == 0 || value[0] < 0) {
            throw new MalformedException("an integer is not positive");
        }
        if (value[0] == 0 && (value.length == 1 || value[1] >= 0)) {
            throw new MalformedException("an integer is not in its shortest form");
        }
        return value[0] == 0 ? Arrays.copyOfRange(value, 1, value.length) : value;
    }

    void end() throws MalformedException {
        if (!atEnd()) {
            throw new MalformedException((bytes.length - position) + " octets are left over");
        }
    }

    private void need(int count) throws MalformedException {
        if (bytes.length - position < count) {
            throw new MalformedException("it ends early");
        }
    }
}

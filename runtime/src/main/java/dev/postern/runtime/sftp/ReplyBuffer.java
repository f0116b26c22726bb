// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds replies one behind the other, so that many leave in one piece. One thread. */
final class ReplyBuffer {
    private static final int FIRST = 1024;
    private static final byte[] NONE = new byte[0];

    private byte[] bytes = NONE;
    private int size;
    private int start;

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    /** Begins anew with an array of our own: the old one belongs to somebody else now, or is not worth keeping. */
    void release() {
        bytes = NONE;
        size = 0;
        start = 0;
    }

    /** Begins anew in the same array. */
    void clear() {
        size = 0;
        start = 0;
    }

    void begin(int type) {
        start = size;
        reserve(5);
        size += 4;
        bytes[size++] = (byte) type;
    }

    /** Takes back what came since {@link #begin}. */
    void cancel() {
        size = start;
    }

    void end() {
        patch(start, size - start - 4);
        start = size;
    }

    void patch(int position, int value) {
        bytes[position] = (byte) (value >>> 24);
        bytes[position + 1] = (byte) (value >>> 16);
        bytes[position + 2] = (byte) (value >>> 8);
        bytes[position + 3] = (byte) value;
    }

    void number(int value) {
        reserve(4);
        patch(size, value);
        size += 4;
    }

    void longNumber(long value) {
        number((int) (value >>> 32));
        number((int) value);
    }

    void string(byte[] octets) {
        number(octets.length);
        reserve(octets.length);
        System.arraycopy(octets, 0, bytes, size, octets.length);
        size += octets.length;
    }

    void string(String text) {
        string(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Makes room at {@link #size}. */
    void reserve(int length) {
        if (bytes.length - size < length) {
            bytes =
                    Arrays.copyOf(
                            bytes,
                            Math.max(
                                    Math.max(FIRST, size + length),
                                    Math.min(2 * bytes.length, size + (64 << 10))));
        }
    }

    /** Counts octets that were put at {@link #size}. */
    void advance(int length) {
        size += length;
    }

    void status(int id, int code, String message) {
        begin(Sftp.STATUS);
        number(id);
        number(code);
        string(message);
        number(0);
        end();
    }
}

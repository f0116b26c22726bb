// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

/**
 * Bytes in order, in one array that grows with what it holds and is let go when it holds nothing. Not safe for threads;
 * but a segment that was looked at stays as it is until it is skipped, also while bytes are added.
 */
final class ByteRing {
    private static final int SMALLEST = 4 * 1024;
    private static final byte[] NONE = new byte[0];

    private byte[] bytes = NONE;
    private int head;
    private int size;

    int size() {
        return size;
    }

    void add(byte[] from, int offset, int length) {
        if (length > bytes.length - size) {
            grow(size + length);
        }
        int tail = (head + size) & (bytes.length - 1);
        int first = Math.min(length, bytes.length - tail);
        System.arraycopy(from, offset, bytes, tail, first);
        System.arraycopy(from, offset + first, bytes, 0, length - first);
        size += length;
    }

    private void grow(int needed) {
        byte[] larger =
                new byte[Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, needed - 1)) << 1)];
        int first = Math.min(size, bytes.length - head);
        System.arraycopy(bytes, head, larger, 0, first);
        System.arraycopy(bytes, 0, larger, first, size - first);
        bytes = larger;
        head = 0;
    }

    /** The array that {@link #offset} and {@link #segment} speak of. */
    byte[] array() {
        return bytes;
    }

    /** Where the first byte is. */
    int offset() {
        return head;
    }

    /** How many bytes lie there without a gap. */
    int segment() {
        return Math.min(size, bytes.length - head);
    }

    /** Drops the first bytes. */
    void skip(int count) {
        size -= count;
        if (size == 0) {
            clear();
        } else {
            head = (head + count) & (bytes.length - 1);
        }
    }

    void clear() {
        bytes = NONE;
        head = 0;
        size = 0;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Cuts what the agent writes into frames, each in one piece and valid until the next is asked for. */
final class FrameReader {
    /** Holds the longest frame that an agent may send and that is not skipped. */
    private static final int CAPACITY = 64 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[CAPACITY];
    private int start;
    private int end;

    FrameReader(InputStream in) {
        this.in = in;
    }

    /** The bytes of the last frame. */
    byte[] bytes() {
        return buffer;
    }

    /** Reads a header; its payload is taken by {@link #payload} or {@link #skip}. */
    FrameHeader header() throws IOException {
        need(FrameHeader.SIZE);
        FrameHeader header = FrameHeader.parse(buffer, start);
        start += FrameHeader.SIZE;
        return header;
    }

    /** Waits for a payload and gives its place in {@link #bytes}. */
    int payload(int length) throws IOException {
        if (length > CAPACITY) {
            throw new ProtocolViolation("a payload of " + length + " bytes, which no agent sends");
        }
        need(length);
        int at = start;
        start += length;
        return at;
    }

    void skip(int length) throws IOException {
        int left = length;
        while (left > 0) {
            need(1);
            int part = Math.min(left, end - start);
            start += part;
            left -= part;
        }
    }

    private void need(int count) throws IOException {
        if (end - start >= count) {
            return;
        }
        if (start + count > CAPACITY || start == end) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        while (end - start < count) {
            int n = in.read(buffer, end, CAPACITY - end);
            if (n < 0) {
                throw new EOFException(
                        end == start
                                ? "the agent ended the connection"
                                : "the agent ended the connection inside a frame");
            }
            end += n;
        }
    }
}

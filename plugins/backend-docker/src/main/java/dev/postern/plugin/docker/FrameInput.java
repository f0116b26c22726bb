// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Reads the frames in which the engine sends stdout and stderr of a process without a terminal: one byte for the stream,
 * three zero bytes, four bytes of length, the payload. For one thread.
 */
final class FrameInput {
    static final int STDOUT = 1;
    static final int STDERR = 2;

    private final InputStream in;
    private final byte[] header = new byte[8];
    private int stream;
    private long left;

    FrameInput(InputStream in) {
        this.in = in;
    }

    /** Which stream the bytes of the last {@link #read} belong to. */
    int stream() {
        return stream;
    }

    /** Reads bytes of one stream; -1 at the end. */
    int read(byte[] bytes) throws IOException {
        return read(bytes, 0, bytes.length);
    }

    /** The same into a part of an array. */
    int read(byte[] bytes, int offset, int length) throws IOException {
        while (left == 0) {
            int first = in.read();
            if (first < 0) {
                return -1;
            }
            header[0] = (byte) first;
            if (in.readNBytes(header, 1, 7) < 7) {
                throw new EOFException("The engine's stream ends within a frame's header");
            }
            if (header[0] < 0
                    || header[0] > STDERR
                    || header[1] != 0
                    || header[2] != 0
                    || header[3] != 0) {
                throw new IOException(
                        "The engine's stream has a frame of a kind that is not known");
            }
            stream = header[0] == STDERR ? STDERR : STDOUT;
            left = Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(4));
        }
        int count = in.read(bytes, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new EOFException("The engine's stream ends within a frame");
        }
        left -= count;
        return count;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The fixed part of a frame, checked.
 *
 * @param type empty for a type that a receiver skips
 * @param flags 0 to the type's maximum
 * @param stream unsigned
 * @param length of the payload
 */
record FrameHeader(Optional<FrameType> type, int flags, int stream, int length) {
    static final int SIZE = 12;
    static final int MAX_DATA = 32 * 1024;
    static final int MAX_FRAME = 256 * 1024;

    private static final int SKIPPABLE = 0x80;
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /** Reads {@link #SIZE} bytes; nothing may be allocated for a payload before this has returned. */
    static FrameHeader parse(byte[] bytes, int at) {
        int code = bytes[at] & 0xff;
        int flags = bytes[at + 1] & 0xff;
        int stream = (int) INT.get(bytes, at + 4);
        int length = (int) INT.get(bytes, at + 8);
        FrameType type = FrameType.of(code);
        if (bytes[at + 2] != 0 || bytes[at + 3] != 0) {
            throw new ProtocolViolation("reserved header bytes are not zero in frame type " + code);
        }
        if (type == null) {
            if ((code & SKIPPABLE) == 0) {
                throw new ProtocolViolation("unknown frame type " + code);
            }
            checkLength("frame type " + code, length, 0, MAX_FRAME);
            return new FrameHeader(Optional.empty(), flags, stream, length);
        }
        checkLength(type.name(), length, type.minimum, type.maximum);
        if (flags > type.maximumFlags) {
            throw new ProtocolViolation(
                    type
                            + " with flags "
                            + flags
                            + ", at most "
                            + type.maximumFlags
                            + " are known");
        }
        if (type.onStream != (stream != 0)) {
            throw new ProtocolViolation(type + " on stream " + Integer.toUnsignedString(stream));
        }
        return new FrameHeader(Optional.of(type), flags, stream, length);
    }

    private static void checkLength(String what, int length, int minimum, int maximum) {
        if (length < minimum || length > maximum) {
            throw new ProtocolViolation(
                    what
                            + " of "
                            + Integer.toUnsignedString(length)
                            + " bytes, expected "
                            + minimum
                            + " to "
                            + maximum);
        }
    }

    /** A whole frame with room for {@code length} bytes of payload behind its header. */
    static byte[] frame(FrameType type, int flags, int stream, int length) {
        byte[] frame = new byte[SIZE + length];
        frame[0] = (byte) type.code;
        frame[1] = (byte) flags;
        INT.set(frame, 4, stream);
        INT.set(frame, 8, length);
        return frame;
    }

    /** A whole frame. */
    static byte[] frame(FrameType type, int flags, int stream, byte[] payload) {
        byte[] frame = frame(type, flags, stream, payload.length);
        System.arraycopy(payload, 0, frame, SIZE, payload.length);
        return frame;
    }
}

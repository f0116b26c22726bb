// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import org.jspecify.annotations.Nullable;

/** The frame types with the limits of their headers. */
enum FrameType {
    HELLO(1, 0, 4096, 0, false),
    PING(2, 0, 64, 0, false),
    PONG(3, 0, 64, 0, false),
    GOAWAY(4, 8, 2048, 0, false),
    OPEN(16, 4, FrameHeader.MAX_FRAME, 0, true),
    OPEN_OK(17, 0, 8192, 0, true),
    OPEN_FAIL(18, 12, 2048, 0, true),
    INCOMING(19, 12, 1024, 0, true),
    DATA(20, 1, FrameHeader.MAX_DATA, 1, true),
    EOF(21, 0, 0, 1, true),
    WINDOW(22, 4, 4, 1, true),
    RESIZE(23, 16, 16, 0, true),
    SIGNAL(24, 5, 64, 0, true),
    EXIT(25, 4, 4, 0, true),
    EXIT_SIGNAL(26, 9, 2048, 0, true),
    CLOSE(27, 0, 0, 2, true);

    private static final @Nullable FrameType[] BY_CODE = new FrameType[32];

    static {
        for (FrameType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    final int code;
    final int minimum;
    final int maximum;
    final int maximumFlags;
    final boolean onStream;

    FrameType(int code, int minimum, int maximum, int maximumFlags, boolean onStream) {
        this.code = code;
        this.minimum = minimum;
        this.maximum = maximum;
        this.maximumFlags = maximumFlags;
        this.onStream = onStream;
    }

    static @Nullable FrameType of(int code) {
        return code < BY_CODE.length ? BY_CODE[code] : null;
    }
}

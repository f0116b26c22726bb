// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import java.io.InputStream;

/**
 * Bytes that come out of a sandbox, in order, until end of file.
 *
 * <p>Every source has the blocking side. A backend that multiplexes its streams may also implement the non-blocking
 * side, {@link #pushTo}; the gateway tries that first and then never reads {@link #stream}. Closing the stream ends the
 * reading of either side: what writes inside gets a broken pipe.
 */
public interface ByteSource {
    /**
     * The blocking side; always the same object. {@code read} returns -1 at end of file, throws
     * {@link java.io.IOException} if the sandbox was lost. Closing it from any thread wakes a blocked read.
     */
    InputStream stream();

    /**
     * Whether a blocked read may hold the carrier of a virtual thread (a pipe, a PTY, a native call). Then the gateway
     * reads it on a platform thread.
     */
    default boolean mayHoldCarrier() {
        return true;
    }

    /**
     * The non-blocking side: from now on the source offers all its bytes to the sink, in order, stops when
     * {@link ByteSink#offer} takes less than all, goes on from {@link ByteSink#whenWritable}, and after the last byte
     * calls {@link ByteSink#finish}. Returns at once.
     *
     * @return false if this source has no such side; then nothing was done
     */
    default boolean pushTo(ByteSink sink) {
        return false;
    }
}

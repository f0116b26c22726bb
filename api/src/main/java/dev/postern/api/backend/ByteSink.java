// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import java.io.OutputStream;

/**
 * Bytes that go into a sandbox, in order.
 *
 * <p>Every sink has the blocking side. One whose {@link #nonBlocking} is true also has the non-blocking side; a user
 * keeps to one of the two.
 */
public interface ByteSink {
    /**
     * The blocking side; always the same object. {@code write} blocks while the sandbox does not take more; closing it
     * is end of file for the reader inside, and from any thread wakes a blocked write.
     */
    OutputStream stream();

    /** Whether a blocked write may hold the carrier of a virtual thread; then it is written on a platform thread. */
    default boolean mayHoldCarrier() {
        return true;
    }

    /** Whether {@link #offer}, {@link #whenWritable} and {@link #finish} are implemented. */
    default boolean nonBlocking() {
        return false;
    }

    /**
     * Takes as many bytes as it can now and never blocks. The bytes taken are copied or written before it returns.
     *
     * @return how many were taken, 0 to {@code length}; a sink whose reader has gone takes and drops everything
     */
    default int offer(byte[] bytes, int offset, int length) {
        return 0;
    }

    /**
     * Runs the action once, when {@link #offer} would take at least one byte; at once if it would now. The action must
     * not block. A second call before the first action ran replaces it.
     */
    default void whenWritable(Runnable once) {
        throw new UnsupportedOperationException("This sink has no non-blocking side");
    }

    /**
     * End of file, after everything that was offered and taken. Never blocks, idempotent. The default closes
     * {@link #stream}, which fits only sinks without a non-blocking side.
     */
    default void finish() {
        try {
            stream().close();
        } catch (java.io.IOException e) {
            // The reader has gone; there is nobody left to tell.
            return;
        }
    }
}

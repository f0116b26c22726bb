// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import java.util.function.LongSupplier;

/**
 * A bucket of frames that carry no data: an agent that floods the gateway with them costs it a processor. Grants of
 * credit earn their place by the data they answer, so a fast upload never meets the limit.
 */
final class RateLimit {
    private static final long NANOS = 1_000_000_000L;

    private final long capacity;
    private final long perSecond;
    private final LongSupplier nanoTime;
    private long left;
    private long last;

    RateLimit(long capacity, long perSecond, LongSupplier nanoTime) {
        this.capacity = capacity;
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
        this.left = capacity;
        this.last = nanoTime.getAsLong();
    }

    /** Counts one frame. */
    void take(String what) {
        if (--left < 0) {
            long now = nanoTime.getAsLong();
            long earned = Math.min(capacity, (now - last) / (NANOS / perSecond));
            if (earned <= 0) {
                throw new ProtocolViolation(
                        what
                                + " and the frames before it come at more than "
                                + perSecond
                                + " a second");
            }
            last = now;
            left += earned;
        }
    }
}

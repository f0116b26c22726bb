// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Memory that the channels of all connections share beyond their first windows. */
final class MemoryBudget {
    private final LongSupplier limit;
    private final AtomicLong used = new AtomicLong();

    MemoryBudget(LongSupplier limit) {
        this.limit = limit;
    }

    /** Reserves octets, or nothing. */
    boolean reserve(long octets) {
        if (used.addAndGet(octets) <= limit.getAsLong()) {
            return true;
        }
        used.addAndGet(-octets);
        return false;
    }

    void release(long octets) {
        used.addAndGet(-octets);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Native memory for one transfer of a file, lent for the time of a call. A few are kept; the others are freed. */
record NativeBuffer(Arena arena, MemorySegment memory) implements AutoCloseable {
    /** Octets in one; as many as the largest SFTP packet that OpenSSH sends. */
    static final int SIZE = 256 * 1024;

    private static final int MOST_KEPT = 16;
    private static final Queue<NativeBuffer> KEPT = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger COUNT = new AtomicInteger();

    static NativeBuffer borrow() {
        NativeBuffer kept = KEPT.poll();
        if (kept != null) {
            COUNT.decrementAndGet();
            return kept;
        }
        Arena arena = Arena.ofShared();
        return new NativeBuffer(arena, arena.allocate(SIZE, 16));
    }

    @Override
    public void close() {
        if (COUNT.incrementAndGet() <= MOST_KEPT) {
            KEPT.add(this);
        } else {
            COUNT.decrementAndGet();
            arena.close();
        }
    }
}

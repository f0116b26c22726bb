// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Direct buffers that are lent for the time of one system call. Packets are gathered in them, so that many small packets,
 * or the packets of one large chunk, leave in one write, and no thread keeps a direct buffer of its own.
 */
final class FlushBuffers {
    /** Four packets of the largest size, with their framing. */
    private static final int SIZE = (128 << 10) + 1024;

    private static final int KEPT = 32;

    private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger kept = new AtomicInteger();

    ByteBuffer take() {
        ByteBuffer buffer = free.poll();
        if (buffer == null) {
            return ByteBuffer.allocateDirect(SIZE);
        }
        kept.decrementAndGet();
        return buffer;
    }

    void give(ByteBuffer buffer) {
        if (kept.incrementAndGet() <= KEPT) {
            free.add(buffer.clear());
        } else {
            kept.decrementAndGet();
        }
    }
}

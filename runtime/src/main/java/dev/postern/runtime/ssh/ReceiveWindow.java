// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

/**
 * The receive window of a channel (RFC 4254 section 5.2). Begins with {@link #FIRST} octets and doubles each time the
 * client has filled it and the sandbox kept up, as long as the common budget lasts. Opened again when half of it has been
 * consumed, not for each packet.
 */
final class ReceiveWindow {
    /** Every channel's own. */
    static final int FIRST = 256 << 10;

    private final MemoryBudget budget;
    private final long most;

    private long size = FIRST;
    private long left = FIRST;
    private long consumed;
    private long received;

    ReceiveWindow(MemoryBudget budget, long most) {
        this.budget = budget;
        this.most = Math.max(FIRST, most);
    }

    /** The client sent so much; false if it may not. */
    synchronized boolean take(int count) {
        if (count > left) {
            return false;
        }
        left -= count;
        received += count;
        return true;
    }

    /**
     * So much was consumed.
     *
     * @param keepsUp whether nothing waits
     * @return by how much to open the window now; 0 for not yet
     */
    synchronized long consume(int count, boolean keepsUp) {
        consumed += count;
        if (consumed < size / 2) {
            return 0;
        }
        long opening = consumed;
        consumed = 0;
        if (keepsUp && received > size && size < most) {
            long more = Math.min(size, most - size);
            if (budget.reserve(more)) {
                size += more;
                opening += more;
                received = 0;
            }
        }
        left += opening;
        return opening;
    }

    /** Gives the budget back. Idempotent. */
    synchronized void release() {
        budget.release(size - FIRST);
        size = FIRST;
    }
}

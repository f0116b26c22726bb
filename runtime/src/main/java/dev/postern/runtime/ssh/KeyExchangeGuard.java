// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import java.util.Optional;
import java.util.function.Supplier;
import org.apache.sshd.common.future.DefaultKeyExchangeFuture;
import org.apache.sshd.common.kex.KexState;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.session.helpers.PendingWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.slf4j.Logger;

/**
 * Holds packets back while keys are exchanged. Unlike the engine's own it never blocks a sender: those of channel data ask
 * {@link #isExchanging} first, and a peer that provokes more answers than fit ends its connection.
 */
final class KeyExchangeGuard extends KeyExchangeMessageHandler {
    private static final int MOST_OCTETS = 2 << 20;
    private static final int MOST_PACKETS = 4096;

    private final Runnable tooMuch;
    private int octets;

    KeyExchangeGuard(AbstractSession session, Logger log, Runnable tooMuch) {
        super(session, log);
        this.tooMuch = tooMuch;
    }

    boolean isExchanging(KexState state) {
        return !shutDown.get()
                && (!kexFlushed.get() || (state != KexState.DONE && state != KexState.KEYS));
    }

    /** Runs the action when no exchange is under way, at once if none is. */
    void afterExchange(Supplier<KexState> state, Runnable once) {
        Optional<DefaultKeyExchangeFuture> running = Optional.empty();
        // Under the lock, because the engine changes state and future one after the other
        lock.readLock().lock();
        try {
            if (isExchanging(state.get())) {
                running = Optional.ofNullable(kexFlushedFuture.get());
            }
        } finally {
            lock.readLock().unlock();
        }
        running.ifPresentOrElse(future -> future.addListener(done -> once.run()), once);
    }

    @Override
    protected boolean isBlockAllowed(int command) {
        return false;
    }

    @Override
    protected PendingWriteFuture enqueuePendingPacket(int command, Buffer buffer) {
        int length = buffer.available();
        PendingWriteFuture future = super.enqueuePendingPacket(command, buffer);
        boolean full;
        synchronized (pendingPackets) {
            octets += length;
            full = octets > MOST_OCTETS || pendingPackets.size() > MOST_PACKETS;
        }
        future.addListener(done -> {
            synchronized (pendingPackets) {
                octets -= length;
            }
        });
        if (full) {
            tooMuch.run();
        }
        return future;
    }
}

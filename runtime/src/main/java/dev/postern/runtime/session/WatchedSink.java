// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.backend.ByteSink;
import java.io.OutputStream;

/** A sink that remembers when it last took something. */
final class WatchedSink implements ByteSink {
    private final ByteSink sink;
    private final Runnable first;
    private volatile long lastTaken = System.nanoTime();
    private boolean begun;

    /**
     * Watches a sink.
     *
     * @param first runs once, at the first octets
     */
    WatchedSink(ByteSink sink, Runnable first) {
        this.sink = sink;
        this.first = first;
    }

    long lastTakenNanos() {
        return lastTaken;
    }

    @Override
    public OutputStream stream() {
        return sink.stream();
    }

    @Override
    public boolean mayHoldCarrier() {
        return sink.mayHoldCarrier();
    }

    @Override
    public boolean nonBlocking() {
        return sink.nonBlocking();
    }

    @Override
    public int offer(byte[] bytes, int offset, int length) {
        int taken = sink.offer(bytes, offset, length);
        if (taken > 0) {
            lastTaken = System.nanoTime();
            if (!begun) {
                begun = true;
                first.run();
            }
        }
        return taken;
    }

    @Override
    public void whenWritable(Runnable once) {
        sink.whenWritable(once);
    }

    @Override
    public void finish() {
        sink.finish();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.runtime.session.EngineMeters;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** What has moved on one connection, and when. */
final class Traffic {
    private final long begin = System.nanoTime();
    private final AtomicLong in = new AtomicLong();
    private final AtomicLong out = new AtomicLong();
    private final AtomicBoolean keys = new AtomicBoolean();
    private volatile long lastMoved = begin;
    private volatile long lastHeard = begin;
    private boolean heardAny;
    private long reportedIn;
    private long reportedOut;

    void in(int octets) {
        in.addAndGet(octets);
        lastMoved = System.nanoTime();
    }

    void out(int octets) {
        out.addAndGet(octets);
        lastMoved = System.nanoTime();
    }

    /** The client said something, if only an answer; whether it was the first thing. */
    boolean heard() {
        lastHeard = System.nanoTime();
        boolean first = !heardAny;
        heardAny = true;
        return first;
    }

    /** Whether the first key exchange was counted already; it is from now on. */
    boolean keysCounted() {
        return keys.getAndSet(true);
    }

    long beginNanos() {
        return begin;
    }

    Duration sinceBegin() {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    long lastMovedNanos() {
        return lastMoved;
    }

    long lastHeardNanos() {
        return lastHeard;
    }

    long totalIn() {
        return in.get();
    }

    long totalOut() {
        return out.get();
    }

    /** Counts what has not been counted yet. */
    synchronized void report(EngineMeters meters, String route) {
        long nowIn = in.get();
        long nowOut = out.get();
        if (nowIn != reportedIn || nowOut != reportedOut) {
            meters.bytes(route, nowIn - reportedIn, nowOut - reportedOut);
            reportedIn = nowIn;
            reportedOut = nowOut;
        }
    }
}

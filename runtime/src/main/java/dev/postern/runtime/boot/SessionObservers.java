// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import dev.postern.api.event.LiveConnections.LiveConnection;
import dev.postern.api.event.SessionObserver;
import dev.postern.runtime.session.LiveSet;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells one session observer, on a thread of its own and in order, what happens to the authenticated connections. */
final class SessionObservers implements LiveSet.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SessionObservers.class);
    private static final int MOST_WAITING = 100_000;

    private interface Told {
        void to(SessionObserver observer) throws InterruptedException;
    }

    private final String name;
    private final SessionObserver observer;
    private final LiveSet live;
    private final long intervalNanos;
    private final LinkedBlockingQueue<Told> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Map<String, Instant> lastSeen = new HashMap<>();
    private final Thread thread;
    private volatile boolean finishing;

    /**
     * Begins to tell it.
     *
     * @param name the component's name, for logs
     * @param interval how often it hears of activity
     */
    SessionObservers(String name, SessionObserver observer, LiveSet live, Duration interval) {
        this.name = name;
        this.observer = observer;
        this.live = live;
        this.intervalNanos = interval.toNanos();
        this.thread = Thread.ofVirtual().name("observer-" + name).start(this::run);
    }

    @Override
    public void opened(LiveConnection connection) {
        add(it -> it.opened(connection));
    }

    @Override
    public void closed(LiveConnection connection) {
        add(it -> it.closed(connection));
    }

    private void add(Told told) {
        if (!waiting.offer(told)) {
            LOG.atError()
                    .addKeyValue("component", name)
                    .log("Session observer is too slow, it misses an event");
        }
    }

    private void run() {
        long due = System.nanoTime() + intervalNanos;
        try {
            while (!finishing || !waiting.isEmpty()) {
                Told next =
                        waiting.poll(
                                Math.clamp(due - System.nanoTime(), 0, 100_000_000L),
                                TimeUnit.NANOSECONDS);
                if (next != null) {
                    tell(next);
                }
                if (System.nanoTime() - due >= 0) {
                    tellActivity();
                    due = System.nanoTime() + intervalNanos;
                }
            }
        } catch (InterruptedException e) {
            LOG.atDebug().addKeyValue("component", name).log("Session observer was interrupted");
        }
    }

    private void tellActivity() throws InterruptedException {
        List<LiveConnection> now = live.list();
        List<LiveConnection> active =
                now.stream()
                        .filter(it ->
                                !it.lastActivity()
                                        .equals(lastSeen.getOrDefault(it.id(), it.since())))
                        .toList();
        lastSeen.clear();
        now.forEach(it -> lastSeen.put(it.id(), it.lastActivity()));
        if (!active.isEmpty()) {
            tell(it -> it.active(active));
        }
    }

    private void tell(Told told) throws InterruptedException {
        try {
            told.to(observer);
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("component", name).setCause(e).log("Session observer failed");
        }
    }

    /** Tells what waits, for some seconds. */
    @Override
    public void close() {
        finishing = true;
        try {
            if (!thread.join(Duration.ofSeconds(5))) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}

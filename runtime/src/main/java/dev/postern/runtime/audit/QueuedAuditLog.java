// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.audit;

import dev.postern.api.audit.AuditEvent;
import dev.postern.api.audit.AuditSink;
import dev.postern.api.error.RefusalCode;
import dev.postern.runtime.session.PeerText;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Hands events to every sink, each through a bounded queue and on a thread of its own. */
public final class QueuedAuditLog implements AuditLog, AutoCloseable {
    private final int capacity;
    private final InstantSource clock;
    private final AuditCounts counts;
    private final List<SinkFeeder> feeders = new CopyOnWriteArrayList<>();

    /**
     * A log without sinks.
     *
     * @param capacity events that may wait for one sink
     */
    public QueuedAuditLog(int capacity, InstantSource clock, AuditCounts counts) {
        this.capacity = capacity;
        this.clock = clock;
        this.counts = counts;
    }

    /**
     * Adds a sink, which gets the events from now on.
     *
     * @param name for logs and meters
     */
    public void add(String name, AuditSink sink) {
        feeders.add(new SinkFeeder(name, sink, capacity, counts));
    }

    @Override
    public void event(
            String type,
            Optional<String> connectionId,
            Optional<RefusalCode> code,
            Map<String, String> fields) {
        Map<String, String> clean = new LinkedHashMap<>();
        fields.forEach((key, value) -> clean.put(key, PeerText.clean(value)));
        AuditEvent event = new AuditEvent(clock.instant(), type, connectionId, code, clean);
        feeders.forEach(it -> it.offer(event));
    }

    /** Lets the sinks take what waits, for some seconds, and ends their threads. */
    @Override
    public void close() {
        feeders.forEach(SinkFeeder::finish);
        feeders.forEach(SinkFeeder::close);
    }
}

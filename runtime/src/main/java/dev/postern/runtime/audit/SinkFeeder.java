// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.audit;

import dev.postern.api.audit.AuditEvent;
import dev.postern.api.audit.AuditSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Feeds one sink, in order, and never lets it hold up whoever has an event. */
final class SinkFeeder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SinkFeeder.class);
    private static final int BATCH = 512;
    private static final Duration FINISH = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final long REPORT_EVERY = TimeUnit.MINUTES.toNanos(1);

    private final String name;
    private final AuditSink sink;
    private final AuditCounts counts;
    private final LinkedBlockingQueue<AuditEvent> waiting;
    private final AtomicLong reported = new AtomicLong(System.nanoTime() - REPORT_EVERY);
    private final Thread thread;
    private volatile boolean finishing;

    SinkFeeder(String name, AuditSink sink, int capacity, AuditCounts counts) {
        this.name = name;
        this.sink = sink;
        this.counts = counts;
        this.waiting = new LinkedBlockingQueue<>(capacity);
        this.thread = Thread.ofPlatform().name("audit-" + name).daemon().start(this::run);
    }

    void offer(AuditEvent event) {
        if (!waiting.offer(event)) {
            counts.dropped(name);
            long last = reported.get();
            if (System.nanoTime() - last >= REPORT_EVERY
                    && reported.compareAndSet(last, System.nanoTime())) {
                LOG.atError()
                        .addKeyValue("sink", name)
                        .log("Audit events are dropped: the sink is too slow or broken");
            }
        }
    }

    private void run() {
        List<AuditEvent> batch = new ArrayList<>(BATCH);
        try {
            while (!finishing || !waiting.isEmpty()) {
                AuditEvent first = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    waiting.drainTo(batch, BATCH - 1);
                    write(batch);
                    batch.clear();
                }
            }
        } catch (InterruptedException e) {
            LOG.atError()
                    .addKeyValue("sink", name)
                    .addKeyValue("events", waiting.size() + batch.size())
                    .log("Audit events are lost: the gateway stops and the sink did not take them");
        }
    }

    /** Offers a batch until the sink has taken it. */
    private void write(List<AuditEvent> batch) throws InterruptedException {
        Duration pause = Duration.ofMillis(100);
        while (true) {
            try {
                sink.write(List.copyOf(batch));
                return;
            } catch (RuntimeException e) {
                counts.failed(name);
                LOG.atWarn()
                        .addKeyValue("sink", name)
                        .setCause(e)
                        .log("Audit sink failed, the events are offered again");
                Thread.sleep(pause);
                pause =
                        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                                ? pause.multipliedBy(2)
                                : LONGEST_PAUSE;
            }
        }
    }

    void finish() {
        finishing = true;
    }

    @Override
    public void close() {
        finishing = true;
        try {
            if (!thread.join(FINISH)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}

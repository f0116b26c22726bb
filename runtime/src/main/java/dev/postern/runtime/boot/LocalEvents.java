// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import dev.postern.api.event.Event;
import dev.postern.api.event.Events;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events within one gateway. One that is published as part of a transaction is told when that has committed. The live
 * set hears of an event before {@code publish} returns; everybody else on one thread, in order.
 */
final class LocalEvents implements Events, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalEvents.class);

    private final Consumer<Event> first;
    private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("events").daemon().factory());

    /**
     * Events that nobody hears yet.
     *
     * @param first hears of each event before anybody else, on the publisher's thread; does not block
     */
    LocalEvents(Consumer<Event> first) {
        this.first = first;
    }

    @Override
    public void publish(Event event) {
        first.accept(event);
        try {
            thread.execute(() -> listeners.forEach(it -> tell(it, event)));
        } catch (RejectedExecutionException e) {
            LOG.atDebug().addKeyValue("event", event).log("Nobody is told: the gateway stops");
        }
    }

    @Override
    public void publish(Connection transaction, Event event) throws SQLException {
        if (!transaction.isWrapperFor(CommitHooks.class)) {
            throw new SQLException("The connection is not one of the gateway's databases");
        }
        if (transaction.getAutoCommit()) {
            throw new SQLException("The connection has auto-commit on, expected a transaction");
        }
        transaction.unwrap(CommitHooks.class).afterCommit(() -> publish(event));
    }

    private static void tell(Consumer<Event> listener, Event event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("event", event).setCause(e).log("A listener of events failed");
        }
    }

    @Override
    public AutoCloseable subscribe(Consumer<Event> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(2, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}

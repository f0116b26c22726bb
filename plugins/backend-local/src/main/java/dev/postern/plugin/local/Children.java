// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** The event loops of a component and the children that they watch. */
final class Children implements AutoCloseable {
    private static final Duration LAST_GRACE = Duration.ofMillis(500);

    private final List<EventLoop> loops = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final Set<Child> running = ConcurrentHashMap.newKeySet();

    Children(String component, int threads) {
        try {
            for (int i = 0; i < threads; i++) {
                loops.add(new EventLoop("postern-local-" + component + "-" + i));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The loop whose turn it is. */
    EventLoop nextLoop() {
        return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
    }

    /** Watches a process that has just been started. */
    Child watch(EventLoop loop, int pid) {
        Child child = new Child(loop, pid);
        running.add(child);
        var _ = child.exit().whenComplete((status, none) -> running.remove(child));
        return child;
    }

    /** Processes that have been hung up already get a last moment; then those that we started are killed. */
    @Override
    public void close() {
        running.forEach(child -> child.signalGroup(Signals.HUP));
        running.forEach(child -> child.signalGroup(Signals.CONT));
        awaitAll();
        running.forEach(child -> child.signalSelf(Signals.KILL));
        awaitAll();
        running.forEach(Child::abandon);
        loops.forEach(EventLoop::close);
    }

    private void awaitAll() {
        CompletableFuture<?>[] exits =
                running.stream().map(Child::exit).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(exits).get(LAST_GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // Those that are left are dealt with by the caller.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

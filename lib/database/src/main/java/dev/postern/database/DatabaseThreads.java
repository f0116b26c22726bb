// SPDX-License-Identifier: Apache-2.0
package dev.postern.database;

import dev.postern.api.error.PosternException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Platform threads for work that may hold its thread inside a native call. They end by themselves soon after the last
 * use, so that a plugin whose component was closed leaves none behind. As many as there are callers at once, whom the gateway
 * bounds; those that have no connection yet wait in the pool of connections.
 */
final class DatabaseThreads {
    private static final ExecutorService THREADS =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    5,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    Thread.ofPlatform().daemon().name("postern-database-", 0).factory());

    private DatabaseThreads() {}

    /** Does the work here if this thread may be held, and elsewhere if it may not or the caller's time is bounded. */
    static <T> T run(String database, Optional<Duration> longest, Callable<T> work) {
        try {
            return !Thread.currentThread().isVirtual() && longest.isEmpty()
                    ? work.call()
                    : elsewhere(database, longest, work);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw unavailable(database, "its work failed", e);
        }
    }

    private static <T> T elsewhere(String database, Optional<Duration> longest, Callable<T> work)
            throws Exception {
        Future<T> answer = THREADS.submit(work);
        try {
            return longest.isEmpty()
                    ? answer.get()
                    : answer.get(longest.get().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(database, "the caller has gone", e);
        } catch (TimeoutException e) {
            throw unavailable(
                    database,
                    "it did not answer within " + longest.orElseThrow().toMillis() + " ms",
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            answer.cancel(true);
        }
    }

    private static PosternException unavailable(String database, String why, Exception e) {
        return new PosternException(
                DatabaseCodes.UNAVAILABLE, "Database '" + database + "' cannot be used: " + why, e);
    }
}

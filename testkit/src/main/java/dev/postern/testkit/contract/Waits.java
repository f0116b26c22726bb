// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * How long the kit waits: for something to happen, and to see that nothing does. Both may be stretched on a slow machine,
 * by the system properties {@code postern.testkit.timeout} and {@code postern.testkit.quiet} or the environment
 * variables {@code POSTERN_TESTKIT_TIMEOUT} and {@code POSTERN_TESTKIT_QUIET}, in milliseconds.
 */
public final class Waits {
    private static final Duration TIMEOUT = setting("timeout", 20_000);
    private static final Duration QUIET = setting("quiet", 400);

    private Waits() {}

    /** The longest wait for what must happen. */
    public static Duration timeout() {
        return TIMEOUT;
    }

    /** How long nothing must happen. */
    public static Duration quiet() {
        return QUIET;
    }

    /** Runs something that may block on a thread of its own and fails if it does not end in time. */
    public static <T> T within(String what, Callable<T> action) {
        CompletableFuture<T> result = begin(what, action);
        return get(what, result);
    }

    /** Begins something that may block on a platform thread of its own, which never keeps the JVM alive. */
    public static <T> CompletableFuture<T> begin(String what, Callable<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .name("kit: " + what)
                .start(() -> {
                    try {
                        result.complete(action.call());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                });
        return result;
    }

    /** Waits for a result. */
    public static <T> T get(String what, CompletableFuture<T> result) {
        try {
            return result.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(
                    what + " did not happen within " + TIMEOUT.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError failure) {
                throw failure;
            }
            throw new AssertionError(what + " failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(what + " was interrupted", e);
        }
    }

    /** Whether a future stays open for the quiet time. */
    public static boolean staysOpen(CompletableFuture<?> result) {
        try {
            result.get(QUIET.toMillis(), TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException e) {
            return true;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", e);
        }
    }

    /** Waits for a condition; false if it does not come true in time. */
    public static boolean until(BooleanSupplier condition) {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("Interrupted", e);
            }
        }
        return true;
    }

    private static Duration setting(String name, long millis) {
        String key = "postern.testkit." + name;
        String variable = "POSTERN_TESTKIT_" + name.toUpperCase(java.util.Locale.ROOT);
        String text =
                System.getProperty(
                        key, System.getenv().getOrDefault(variable, Long.toString(millis)));
        try {
            long value = Long.parseLong(text);
            if (value > 0) {
                return Duration.ofMillis(value);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    key + " is '" + text + "', expected milliseconds", e);
        }
        throw new IllegalArgumentException(
                key + " is '" + text + "', expected milliseconds above 0");
    }
}

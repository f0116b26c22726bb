// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, with a generous bound. */
final class Eventually {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    static void holds(Runnable assertion) {
        holds(PATIENCE, assertion);
    }

    static void holds(Duration patience, Runnable assertion) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                assertion.run();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(5_000_000);
            }
        }
    }

    private Eventually() {}
}

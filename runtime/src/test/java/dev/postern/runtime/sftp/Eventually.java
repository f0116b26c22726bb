// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, with a generous bound. */
final class Eventually {
    private Eventually() {}

    static void holds(Runnable assertion) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (true) {
            try {
                assertion.run();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(2_000_000);
            }
        }
    }
}

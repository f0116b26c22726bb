// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.plugin;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it. Any thread. */
public final class TestClock implements InstantSource {
    private final AtomicReference<Instant> now;

    /** A clock that shows an instant. */
    public TestClock(Instant now) {
        this.now = new AtomicReference<>(now);
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    /** Moves it; backwards too. */
    public void move(Duration by) {
        now.updateAndGet(i -> i.plus(by));
    }
}

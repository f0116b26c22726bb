// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private final List<String> log = new ArrayList<>();

    @Test
    void partsStopInReverseAndOneThatFailsKeepsNobodyFromIt() {
        try (Lifecycle lifecycle = new Lifecycle()) {
            lifecycle.started("a", () -> log.add("a"));
            lifecycle.started(
                    "b",
                    () -> {
                        throw new IllegalStateException("b does not stop");
                    });
            lifecycle.started("c", () -> log.add("c"));
        }
        assertThat(log).containsExactly("c", "a");
    }

    @Test
    void whatStartsTooLateIsStoppedAtOnce() {
        Lifecycle lifecycle = new Lifecycle();
        lifecycle.close();
        lifecycle.started("late", () -> log.add("late"));
        lifecycle.close();
        assertThat(log).containsExactly("late");
    }
}

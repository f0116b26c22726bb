// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.metrics;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Writes the meters in Prometheus' text form. Those of the JVM are bound at the first scrape: at start they would cost
 * time that nobody may ever want back.
 */
public final class Scrape implements Supplier<String>, AutoCloseable {
    private final PrometheusMeterRegistry registry;
    private final AtomicBoolean bound = new AtomicBoolean();
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /** Of a registry. */
    public Scrape(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public String get() {
        if (bound.compareAndSet(false, true)) {
            collections.bindTo(registry);
            new JvmMemoryMetrics().bindTo(registry);
            new JvmThreadMetrics().bindTo(registry);
            new FileDescriptorMetrics().bindTo(registry);
            new ProcessorMetrics().bindTo(registry);
            new UptimeMetrics().bindTo(registry);
        }
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}

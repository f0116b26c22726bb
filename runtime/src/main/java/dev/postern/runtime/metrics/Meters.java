// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.metrics;

import dev.postern.api.error.RefusalCode;
import dev.postern.runtime.audit.AuditCounts;
import dev.postern.runtime.plugin.PluginFailures;
import dev.postern.runtime.session.EngineMeters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Counts into a Micrometer registry what the parts of the gateway report. */
public final class Meters implements EngineMeters, PluginFailures, AuditCounts {
    /** Few enough to keep for every route, and close enough to see a slow control plane. */
    private static final Duration[] BOUNDS = {
        Duration.ofMillis(5), Duration.ofMillis(20), Duration.ofMillis(100), Duration.ofMillis(500),
        Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMinutes(10)
    };

    private record Key(GatewayMeters meter, List<String> values) {}

    private final MeterRegistry registry;
    private final Map<Key, Counter> counters = new ConcurrentHashMap<>();
    private final Map<Key, Timer> timers = new ConcurrentHashMap<>();
    private final Map<Key, AtomicLong> gauges = new ConcurrentHashMap<>();

    /** Meters of one registry. */
    public Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Watches the number of authenticated connections. */
    public void watchSessions(IntSupplier live) {
        Gauge.builder(GatewayMeters.SESSIONS_LIVE.meterName(), live::getAsInt)
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void connectionOpened(String listener) {
        counter(GatewayMeters.CONNECTIONS_OPENED, listener).increment();
        gauge(GatewayMeters.CONNECTIONS_ACTIVE, listener).incrementAndGet();
    }

    @Override
    public void connectionClosed(String listener) {
        gauge(GatewayMeters.CONNECTIONS_ACTIVE, listener).decrementAndGet();
    }

    @Override
    public void connectionRejected(String listener, RefusalCode code) {
        counter(GatewayMeters.CONNECTIONS_REJECTED, listener, code.value()).increment();
    }

    @Override
    public void authAttempt(String route, String method, Optional<RefusalCode> refusal) {
        counter(
                        GatewayMeters.AUTH_ATTEMPTS,
                        route,
                        method,
                        refusal.map(RefusalCode::value).orElse("success"))
                .increment();
    }

    @Override
    public void stage(Stage stage, String route, Duration time) {
        String name = stage.name().toLowerCase(Locale.ROOT).replace('_', '-');
        timer(GatewayMeters.STAGE, name, route).record(time);
    }

    @Override
    public void channelOpened(String route, String type) {
        gauge(GatewayMeters.CHANNELS_ACTIVE, route, type).incrementAndGet();
    }

    @Override
    public void channelClosed(String route, String type, Duration open) {
        gauge(GatewayMeters.CHANNELS_ACTIVE, route, type).decrementAndGet();
        timer(GatewayMeters.CHANNEL_DURATION, route, type).record(open);
    }

    @Override
    public void refused(String route, RefusalCode code) {
        counter(GatewayMeters.REFUSALS, route, code.value()).increment();
    }

    @Override
    public void bytes(String route, long in, long out) {
        counter(GatewayMeters.TRAFFIC, route, "in").increment((double) in);
        counter(GatewayMeters.TRAFFIC, route, "out").increment((double) out);
    }

    @Override
    public void failed(String plugin, String method) {
        counter(GatewayMeters.PLUGIN_FAILURES, plugin, method).increment();
    }

    @Override
    public void dropped(String sink) {
        counter(GatewayMeters.AUDIT_DROPPED, sink).increment();
    }

    @Override
    public void failed(String sink) {
        counter(GatewayMeters.AUDIT_FAILURES, sink).increment();
    }

    private Counter counter(GatewayMeters meter, String... values) {
        return counters.computeIfAbsent(
                new Key(meter, List.of(values)),
                key ->
                        Counter.builder(meter.meterName())
                                .baseUnit(unit(meter))
                                .tags(tags(key))
                                .register(registry));
    }

    private Timer timer(GatewayMeters meter, String... values) {
        return timers.computeIfAbsent(
                new Key(meter, List.of(values)),
                key ->
                        Timer.builder(meter.meterName())
                                .tags(tags(key))
                                .serviceLevelObjectives(BOUNDS)
                                .register(registry));
    }

    private AtomicLong gauge(GatewayMeters meter, String... values) {
        return gauges.computeIfAbsent(
                new Key(meter, List.of(values)),
                key -> {
                    AtomicLong value = new AtomicLong();
                    Gauge.builder(meter.meterName(), value, AtomicLong::doubleValue)
                            .baseUnit(unit(meter))
                            .tags(tags(key))
                            .register(registry);
                    return value;
                });
    }

    private static @Nullable String unit(GatewayMeters meter) {
        return meter.unit().isEmpty() ? null : meter.unit();
    }

    private static Tags tags(Key key) {
        Tags tags = Tags.empty();
        for (int i = 0; i < key.values().size(); i++) {
            tags = tags.and(key.meter().tags().get(i), key.values().get(i));
        }
        return tags;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.error.RefusalCodes;
import dev.postern.runtime.session.EngineMeters.Stage;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetersTest {
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(registry);

    private void everything() {
        meters.watchSessions(() -> 3);
        meters.connectionOpened("ssh");
        meters.connectionOpened("ssh");
        meters.connectionClosed("ssh");
        meters.connectionRejected("ssh", RefusalCodes.LIMIT_CONNECTIONS);
        meters.authAttempt("main", "publickey", Optional.empty());
        meters.authAttempt("main", "publickey", Optional.of(RefusalCodes.AUTH_DENIED));
        meters.stage(Stage.BACKEND_CONNECT, "main", Duration.ofMillis(30));
        meters.channelOpened("main", "session");
        meters.channelClosed("main", "session", Duration.ofSeconds(1));
        meters.refused("main", RefusalCodes.POLICY_PTY);
        meters.bytes("main", 10, 20);
        meters.failed("docker", "SessionBackend.connect");
        meters.dropped("file");
        meters.failed("file");
    }

    @Test
    void everyMeterIsWrittenAsTheEnumSays() {
        everything();
        for (GatewayMeters documented : GatewayMeters.values()) {
            List<Meter> found =
                    registry.getMeters().stream()
                            .filter(it -> it.getId().getName().equals(documented.meterName()))
                            .toList();
            assertThat(found).as(documented.meterName()).isNotEmpty();
            assertThat(found)
                    .allSatisfy(it -> {
                        assertThat(it.getId().getType().name()).isEqualTo(documented.type().name());
                        assertThat(Objects.requireNonNullElse(it.getId().getBaseUnit(), ""))
                                .isEqualTo(documented.unit());
                        assertThat(it.getId().getTags().stream().map(tag -> tag.getKey()))
                                .containsExactlyInAnyOrderElementsOf(documented.tags());
                    });
        }
        assertThat(registry.getMeters().stream().map(it -> it.getId().getName()))
                .allMatch(name ->
                        Arrays.stream(GatewayMeters.values())
                                .anyMatch(it -> it.meterName().equals(name)));
    }

    @Test
    void theScrapeHoldsThemAndTheJvms() {
        everything();
        try (Scrape scrape = new Scrape(registry)) {
            String text = scrape.get();
            assertThat(text)
                    .contains("postern_connections_active{listener=\"ssh\"} 1.0")
                    .contains(
                            "postern_auth_attempts_total{method=\"publickey\",result=\"auth.denied\",route=\"main\"} 1.0")
                    .contains("postern_traffic_bytes_total{direction=\"out\",route=\"main\"} 20.0")
                    .contains(
                            "postern_stage_duration_seconds_count{route=\"main\",stage=\"backend-connect\"} 1")
                    .contains("postern_sessions_live 3.0")
                    .contains("jvm_memory_used_bytes");
        }
    }
}

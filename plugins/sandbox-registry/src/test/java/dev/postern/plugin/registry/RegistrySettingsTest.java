// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.config.ConfigProblem;
import dev.postern.api.config.ConfigReader;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegistrySettingsTest {
    @Test
    void defaults() {
        ConfigReader reader = RegistryRun.reader("database = main");
        assertThat(RegistrySettings.read(reader))
                .isEqualTo(
                        new RegistrySettings("main", Duration.ofSeconds(5), List.of(), List.of()));
        reader.finish();
        assertThat(reader.problems()).isEmpty();
    }

    @Test
    void everyKeyIsRead() {
        ConfigReader reader =
                RegistryRun.reader(
                        "database = other, lookup-timeout = 3s, accepts = [a, b], backends = [c]");
        assertThat(RegistrySettings.read(reader))
                .isEqualTo(
                        new RegistrySettings(
                                "other", Duration.ofSeconds(3), List.of("a", "b"), List.of("c")));
        reader.finish();
        assertThat(reader.problems()).isEmpty();
    }

    @Test
    void everyMistakeIsToldAtOnce() {
        ConfigReader reader =
                RegistryRun.reader("accepts = keys, lookup-timeout = 1h, backend = [local]");
        RegistrySettings.read(reader);
        reader.finish();
        assertThat(reader.problems().stream().map(ConfigProblem::toString))
                .hasSize(4)
                .anyMatch(text -> text.contains("did you mean 'backends'"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A key whose default is {@code null} is known, whether it is set or not. */
class ConfigReaderOptionalTest {
    @Test
    void nullIsAKnownKey() {
        ConfigReader reader =
                ConfigReader.of(
                        ConfigFactory.parseString(
                                "a = null, b = null, c = null, d = null, e = null"),
                        "here");
        assertThat(reader.optionalString("a")).isEmpty();
        assertThat(reader.optionalSecret("b")).isEmpty();
        assertThat(reader.optionalStrings("c")).isEmpty();
        assertThat(reader.optionalDuration("d", Duration.ZERO, Duration.ofDays(1))).isEmpty();
        reader.finish();
        assertThat(reader.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("here.e"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.postern.api.config.ConfigProblem;
import dev.postern.api.config.ConfigReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LocalSettingsTest {
    private static final Config DEFAULTS =
            ConfigFactory.parseResources(LocalSettingsTest.class, "/reference.conf")
                    .resolve()
                    .getConfig("postern.component-defaults.local");

    private static ConfigReader reader(String text) {
        return ConfigReader.of(
                ConfigFactory.parseString(text).withFallback(DEFAULTS), "postern.components.here");
    }

    @Test
    void defaults() {
        ConfigReader reader = reader("");
        assertThat(LocalSettings.read(reader))
                .isEqualTo(
                        new LocalSettings(
                                Optional.empty(),
                                true,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                false,
                                Duration.ofSeconds(10),
                                Optional.empty(),
                                Duration.ofSeconds(2),
                                2));
        reader.finish();
        assertThat(reader.problems()).isEmpty();
    }

    @Test
    void everyKeyIsRead() {
        ConfigReader reader =
                reader(
                        """
                        root = "/srv/boxes", keep-files = false, run-as = guest, user = alice, shell = "/bin/zsh", path = "/bin"
                        forwards = true, dial-timeout = 3s, files-root = "/srv", hangup-grace = 7s, event-threads = 5
                        """);
        assertThat(LocalSettings.read(reader))
                .isEqualTo(
                        new LocalSettings(
                                Optional.of(Path.of("/srv/boxes")),
                                false,
                                Optional.of("guest"),
                                Optional.of("alice"),
                                Optional.of("/bin/zsh"),
                                "/bin",
                                true,
                                Duration.ofSeconds(3),
                                Optional.of(Path.of("/srv")),
                                Duration.ofSeconds(7),
                                5));
        reader.finish();
        assertThat(reader.problems()).isEmpty();
    }

    @Test
    void everyMistakeIsToldAtOnce() {
        ConfigReader reader =
                reader(
                        "root = boxes, forwards = maybe, hangup-grace = 30, event-threads = 0, shel = x");
        LocalSettings.read(reader);
        reader.finish();
        assertThat(reader.problems().stream().map(ConfigProblem::toString))
                .hasSize(5)
                .anyMatch(text -> text.contains("expected an absolute path"))
                .anyMatch(text -> text.contains("did you mean 'shell'"));
    }
}

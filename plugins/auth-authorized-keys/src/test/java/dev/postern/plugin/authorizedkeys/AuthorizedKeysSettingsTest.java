// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.config.ConfigProblem;
import dev.postern.api.config.ConfigReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuthorizedKeysSettingsTest {
    private static final String FINGERPRINT = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    @Test
    void defaults() {
        ConfigReader reader = Run.reader("files = [\"/etc/keys\"]");
        assertThat(AuthorizedKeysSettings.read(reader))
                .isEqualTo(
                        new AuthorizedKeysSettings(
                                List.of(Path.of("/etc/keys")),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                true,
                                Optional.empty(),
                                Duration.ofSeconds(2),
                                false));
        reader.finish();
        assertThat(reader.problems()).isEmpty();
    }

    @Test
    void everyKeyIsRead() {
        ConfigReader reader =
                Run.reader(
                        "files = [\"/a\", \"~/b\"], subject = owner, team = red, sandboxes { \""
                                + FINGERPRINT
                                + "\" = [x, y] }, strict-modes = false, time-zone = \"Europe/Berlin\","
                                + " poll-interval = 5s, end-sessions = true");
        assertThat(AuthorizedKeysSettings.read(reader))
                .isEqualTo(
                        new AuthorizedKeysSettings(
                                List.of(Path.of("/a"), Path.of(System.getenv("HOME"), "b")),
                                Optional.of("owner"),
                                Optional.of("red"),
                                Optional.of(Map.of(FINGERPRINT, List.of("x", "y"))),
                                false,
                                Optional.of(ZoneId.of("Europe/Berlin")),
                                Duration.ofSeconds(5),
                                true));
        reader.finish();
        assertThat(reader.problems()).isEmpty();
    }

    @Test
    void everyMistakeIsToldAtOnce() {
        ConfigReader reader =
                Run.reader(
                        "files = [keys], sandboxes { abc = [x] }, time-zone = Moon, poll-interval = 2, subjct = a");
        AuthorizedKeysSettings.read(reader);
        reader.finish();
        assertThat(reader.problems().stream().map(ConfigProblem::toString))
                .hasSize(5)
                .anyMatch(text -> text.contains("expected an absolute path"))
                .anyMatch(text -> text.contains("did you mean 'subject'"));
    }

    @Test
    void filesMustBeNamed() {
        ConfigReader reader = Run.reader("");
        AuthorizedKeysSettings.read(reader);
        assertThat(reader.problems()).hasSize(1);
        reader = Run.reader("files = []");
        AuthorizedKeysSettings.read(reader);
        assertThat(reader.problems()).hasSize(1);
    }
}

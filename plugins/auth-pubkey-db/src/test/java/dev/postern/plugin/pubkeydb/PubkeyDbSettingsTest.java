// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.config.ConfigProblem;
import dev.postern.api.config.ConfigReader;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PubkeyDbSettingsTest {
    @Test
    void defaults() {
        ConfigReader reader = PubkeyDbRun.reader("database = main");
        assertThat(PubkeyDbSettings.read(reader))
                .isEqualTo(
                        new PubkeyDbSettings(
                                "main",
                                Duration.ofSeconds(5),
                                Set.of(
                                        "ssh-ed25519",
                                        "sk-ssh-ed25519@openssh.com",
                                        "ecdsa-sha2-nistp256",
                                        "ecdsa-sha2-nistp384",
                                        "ecdsa-sha2-nistp521",
                                        "sk-ecdsa-sha2-nistp256@openssh.com",
                                        "ssh-rsa")));
        reader.finish();
        assertThat(reader.problems()).isEmpty();
    }

    @Test
    void everyKeyIsRead() {
        ConfigReader reader =
                PubkeyDbRun.reader(
                        "database = other, lookup-timeout = 3s, accepted-key-types = [ssh-rsa]");
        assertThat(PubkeyDbSettings.read(reader))
                .isEqualTo(new PubkeyDbSettings("other", Duration.ofSeconds(3), Set.of("ssh-rsa")));
        reader.finish();
        assertThat(reader.problems()).isEmpty();
    }

    @Test
    void everyMistakeIsToldAtOnce() {
        ConfigReader reader =
                PubkeyDbRun.reader(
                        "lookup-timeout = 5, accepted-key-types = [ssh-dss], datbase = main");
        PubkeyDbSettings.read(reader);
        reader.finish();
        assertThat(reader.problems().stream().map(ConfigProblem::toString))
                .hasSize(4)
                .anyMatch(text -> text.contains("did you mean 'database'"))
                .anyMatch(text -> text.contains("'ssh-dss'"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferenceConfTest {
    @Test
    void itResolvesAlone() {
        assertThat(ReferenceConf.ofGateway().resolve().hasPath("postern.ssh.login-grace")).isTrue();
    }

    @Test
    void everyKeyHasAComment() {
        assertThat(ConfigReference.gateway().entries())
                .hasSizeGreaterThan(60)
                .allSatisfy(it -> assertThat(it.comment()).as(it.path()).isNotBlank());
    }

    /** A key of the reference that no reader asks for would be an unknown key in every configuration. */
    @Test
    void everyKeyIsReadBySomeone() {
        assertThat(Configs.problems(Configs.VALID)).isEmpty();
        assertThat(
                        Configs.problems(
                                Configs.VALID + "postern.policy-defaults.nobody-reads-this = 1"))
                .containsExactly("postern.policies.default.nobody-reads-this: is not a known key");
    }

    @Test
    void theReferenceIsMadeOfTheComments() {
        assertThat(ConfigReference.markdown(List.of(ConfigReference.gateway())))
                .contains(
                        "### `postern.limits.connections`\n\nConnections at once. 1 to 1000000; one more is turned"
                                + " away.\n\nDefault: `10000`\n")
                .doesNotContain("####");
    }

    @Test
    void effectiveSettingsAreShownWithTheirOriginAndWithoutSecrets() {
        String text =
                Configs.VALID
                        + """
                        postern.databases.other { url = "jdbc:postgresql://u:pw@db/x?password=geheim&a=b", password = geheim }
                        postern.components.team.api-token = geheim
                        """;
        EffectiveConfig effective =
                EffectiveConfig.of(
                        ConfigInput.text(text, Configs.BASE), List.of(ConfigFactory.empty()));
        List<String> shown =
                ConfigShow.settings(effective).stream().map(ConfigShow.Setting::toString).toList();
        assertThat(shown)
                .anySatisfy(it ->
                        assertThat(it)
                                .startsWith("postern.components.local.timeout = \"3s\"  # String"))
                .anySatisfy(it ->
                        assertThat(it)
                                .startsWith("postern.routes.main.resume-timeout = \"60s\"  # ")
                                .contains("reference.conf"))
                .anySatisfy(it ->
                        assertThat(it).startsWith("postern.databases.other.password = (hidden)"))
                .noneSatisfy(it -> assertThat(it).contains("geheim"))
                .noneSatisfy(it -> assertThat(it).contains("pw@"))
                .noneSatisfy(it -> assertThat(it).startsWith("postern.route-defaults"));
    }
}

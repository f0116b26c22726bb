// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.config.ConfigProblem;
import dev.postern.api.value.Endpoint;
import dev.postern.api.value.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {
    @Test
    void anEmptyConfigurationHasTheseDefaults() {
        GatewaySettings settings = Configs.read("postern {}");
        assertThat(settings)
                .isEqualTo(
                        new GatewaySettings(
                                Optional.empty(),
                                Path.of("/etc/postern/state"),
                                Duration.ofSeconds(30),
                                Map.of(),
                                Map.of(),
                                Map.of(),
                                Map.of(),
                                Map.of(
                                        "default",
                                        new PolicySettings(
                                                true,
                                                true,
                                                List.of("sftp"),
                                                Optional.empty(),
                                                List.of(),
                                                List.of(),
                                                false,
                                                false,
                                                List.of("LANG", "LC_*", "COLORTERM"),
                                                Optional.empty(),
                                                Optional.empty())),
                                new SshSettings(
                                        0,
                                        Duration.ofMinutes(2),
                                        6,
                                        500,
                                        32,
                                        Duration.ofSeconds(30),
                                        4,
                                        1L << 30,
                                        Duration.ofHours(1),
                                        2L << 20,
                                        256L << 20,
                                        Optional.empty(),
                                        "auto",
                                        Duration.ofSeconds(5)),
                                new HostKeySettings(List.of(), List.of()),
                                false,
                                new LimitSettings(10_000, 500, 128),
                                new AdminSettings(
                                        Optional.of(address("127.0.0.1", 8022)),
                                        false,
                                        Optional.empty()),
                                new AuditSettings(
                                        Optional.of(
                                                Path.of("/etc/postern/state/audit/audit.jsonl")),
                                        64L << 20,
                                        16,
                                        100_000)));
    }

    @Test
    void sectionsThatUsersNameHaveTheseDefaults() {
        GatewaySettings settings = Configs.read(Configs.VALID);
        assertThat(settings.databases())
                .containsExactly(
                        Map.entry(
                                "main",
                                new DatabaseSettings(
                                        "jdbc:sqlite:postern.db",
                                        Optional.empty(),
                                        Optional.empty(),
                                        4,
                                        Duration.ofSeconds(5))));
        assertThat(settings.listeners())
                .containsExactly(
                        Map.entry(
                                "ssh",
                                new ListenerSettings(
                                        "tcp",
                                        Optional.of(address("127.0.0.1", 2222)),
                                        Optional.empty(),
                                        Optional.empty(),
                                        "main",
                                        Optional.empty())));
        assertThat(settings.routes())
                .containsExactly(
                        Map.entry(
                                "main",
                                new RouteSettings(
                                        List.of("team"),
                                        "reg",
                                        List.of(),
                                        List.of("local"),
                                        LoginName.SANDBOX,
                                        "default",
                                        Duration.ofSeconds(60))));
    }

    @Test
    void everyKeyIsMapped() {
        GatewaySettings settings =
                Configs.read(
                        """
                        postern {
                          region = eu
                          state-directory = "/var/lib/postern"
                          plugins-directory = "/opt/plugins"
                          activity-interval = 5s
                          databases.main {
                            url = "jdbc:postgresql://db/postern", user = me, password = hunter2, connections = 9, wait = 2s
                          }
                          components {
                            team { type = keys, database = main }
                            reg { type = registry }
                            local { type = box }
                            ws { type = socket }
                          }
                          listeners {
                            ssh { address = "[::1]:0", advertised = ssh.example.org, route = main, sandbox = devbox }
                            web { type = component, component = ws, advertised = "h.example:443", route = main }
                          }
                          routes.main {
                            authenticators = [team], resolver = reg, resume = [local], backends = [local]
                            login-name = guest-user, policy = tight, resume-timeout = 10s
                          }
                          policies.tight {
                            pty = false, exec = false, subsystems = [], force-command = "date"
                            forward { local = ["127.0.0.1:8000-8999"], remote = ["*:*", "/tmp/x.sock"] }
                            agent-forwarding = true, x11-forwarding = true, environment = []
                            channel-timeout = 1h, unused-connection-timeout = 2h
                          }
                          ssh {
                            host-keys = ["keys/a"], announced-host-keys = ["/keys/b"], algorithms = strict, chacha = java
                            io-threads = 3, login-grace = 10s, max-auth-attempts = 3, max-channels = 5, max-forwards = 7
                            client-alive-interval = 1s, client-alive-count-max = 2, rekey-bytes = 17 MiB, rekey-interval = 2h
                            window-max = 1 MiB, banner = "hello", hangup-grace = 1s
                          }
                          limits { connections = 11, unauthenticated = 12, unauthenticated-per-source = 13, buffer-memory = 2 MiB }
                          admin {
                            address = "*:9000", metrics-anonymous = true, tls { certificate-file = c.pem, key-file = k.pem }
                          }
                          audit { file = "a.jsonl", rotate-size = 1 MiB, keep = 1, queue = 1000 }
                        }
                        """);
        assertThat(settings.region()).contains("eu");
        assertThat(settings.stateDirectory()).isEqualTo(Path.of("/var/lib/postern"));
        assertThat(settings.activityInterval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.databases())
                .containsEntry(
                        "main",
                        new DatabaseSettings(
                                "jdbc:postgresql://db/postern",
                                Optional.of("me"),
                                Optional.of(Secret.of("hunter2")),
                                9,
                                Duration.ofSeconds(2)));
        assertThat(settings.listeners())
                .containsEntry(
                        "ssh",
                        new ListenerSettings(
                                "tcp",
                                Optional.of(address("::1", 0)),
                                Optional.empty(),
                                Optional.of(new Endpoint("ssh.example.org", 22)),
                                "main",
                                Optional.of("devbox")))
                .containsEntry(
                        "web",
                        new ListenerSettings(
                                "component",
                                Optional.empty(),
                                Optional.of("ws"),
                                Optional.of(new Endpoint("h.example", 443)),
                                "main",
                                Optional.empty()));
        assertThat(settings.routes())
                .containsEntry(
                        "main",
                        new RouteSettings(
                                List.of("team"),
                                "reg",
                                List.of("local"),
                                List.of("local"),
                                LoginName.GUEST_USER,
                                "tight",
                                Duration.ofSeconds(10)));
        assertThat(settings.policies())
                .containsEntry(
                        "tight",
                        new PolicySettings(
                                false,
                                false,
                                List.of(),
                                Optional.of("date"),
                                List.of("127.0.0.1:8000-8999"),
                                List.of("*:*", "/tmp/x.sock"),
                                true,
                                true,
                                List.of(),
                                Optional.of(Duration.ofHours(1)),
                                Optional.of(Duration.ofHours(2))));
        assertThat(settings.ssh())
                .isEqualTo(
                        new SshSettings(
                                3,
                                Duration.ofSeconds(10),
                                3,
                                5,
                                7,
                                Duration.ofSeconds(1),
                                2,
                                17L << 20,
                                Duration.ofHours(2),
                                1L << 20,
                                2L << 20,
                                Optional.of("hello"),
                                "java",
                                Duration.ofSeconds(1)));
        assertThat(settings.hostKeys())
                .isEqualTo(
                        new HostKeySettings(
                                List.of(Path.of("/etc/postern/keys/a")),
                                List.of(Path.of("/keys/b"))));
        assertThat(settings.strictAlgorithms()).isTrue();
        assertThat(settings.limits()).isEqualTo(new LimitSettings(11, 12, 13));
        assertThat(settings.admin())
                .isEqualTo(
                        new AdminSettings(
                                Optional.of(new InetSocketAddress(9000)),
                                true,
                                Optional.of(
                                        new AdminSettings.Tls(
                                                Path.of("/etc/postern/c.pem"),
                                                Path.of("/etc/postern/k.pem")))));
        assertThat(settings.audit())
                .isEqualTo(
                        new AuditSettings(
                                Optional.of(Path.of("/var/lib/postern/a.jsonl")),
                                1L << 20,
                                1,
                                1000));
    }

    @Test
    void fiveMistakesAreFiveProblemsWithFileAndLine(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("postern.conf");
        Files.writeString(
                file,
                """
                postern {
                  components {
                    team { type = kees }
                    reg { type = registry, timeout = 30 }
                    local { type = box }
                  }
                  listeners.ssh { address = "127.0.0.1:2222", rout = main, route = mian }
                  routes.main { authenticators = [team], resolver = reg, backends = [reg] }
                }
                """);
        assertThatThrownBy(() -> Configs.read(ConfigInput.file(file)))
                .isInstanceOfSatisfying(
                        InvalidConfigException.class,
                        e ->
                                assertThat(e.problems())
                                        .containsExactly(
                                                problem(
                                                        file,
                                                        3,
                                                        "components.team.type",
                                                        "is 'kees', which no plugin offers, did you mean 'keys'?"),
                                                problem(
                                                        file,
                                                        4,
                                                        "components.reg.timeout",
                                                        "is '30', expected a duration with a unit, such as 30s"),
                                                problem(
                                                        file,
                                                        7,
                                                        "listeners.ssh.rout",
                                                        "is not a known key, did you mean 'route'?"),
                                                problem(
                                                        file,
                                                        7,
                                                        "listeners.ssh.route",
                                                        "is 'mian', which is no route of this configuration, did you mean 'main'?"),
                                                problem(
                                                        file,
                                                        8,
                                                        "routes.main.backends",
                                                        "is 'reg', which is of type registry and has no session backend,"
                                                                + " expected one of local")))
                .hasMessageContaining(file + ":3: postern.components.team.type: ");
    }

    private static ConfigProblem problem(Path file, int line, String path, String message) {
        return new ConfigProblem("postern." + path, message, Optional.of(file + ":" + line));
    }

    @Test
    void namesOfOtherSectionsMustExist() {
        assertThat(Configs.problems(Configs.VALID.replace("[team]", "[teem]")))
                .containsExactly(
                        "postern.routes.main.authenticators: is 'teem', which is no component of this"
                                + " configuration, did you mean 'team'?");
        assertThat(
                        Configs.problems(
                                Configs.VALID.replace("database = main", "database = elsewhere")))
                .containsExactly(
                        "postern.components.team.database: is 'elsewhere', which is no database of this"
                                + " configuration, expected one of main");
        assertThat(
                        Configs.problems(
                                Configs.VALID.replace("backends =", "policy = strict, backends =")))
                .containsExactly(
                        "postern.routes.main.policy: is 'strict', which is no policy of this configuration,"
                                + " expected one of default");
    }

    @Test
    void aKeyOutsidePosternIsAProblem() {
        assertThat(Configs.problems("postern {}, vars { a = 1 }")).isEmpty();
        assertThat(Configs.problems("postrn { region = x }"))
                .containsExactly(
                        "postrn: is not a known key at the top of the file, did you mean 'postern'?");
    }

    @Test
    void anAddressThatIsNotLoopbackNeedsTls() {
        assertThat(Configs.problems("postern.admin.address = \"0.0.0.0:8022\""))
                .containsExactly(
                        "postern.admin.address: is not a loopback address, expected admin.tls to be set with it");
        assertThat(Configs.problems("postern.admin { address = null, tls.key-file = k }"))
                .containsExactly(
                        "postern.admin.tls.certificate-file: is not set, expected certificate-file and"
                                + " key-file together or neither");
    }

    @Test
    void twoPartsMayNotBindTheSamePort() {
        assertThat(Configs.problems(Configs.VALID.replace("2222", "8022")))
                .containsExactly(
                        "postern.listeners.ssh.address: is the same as that of postern.admin.address,"
                                + " expected another port");
    }

    @Test
    void hostNamesAreNotLookedUp() {
        assertThat(Configs.problems(Configs.VALID.replace("127.0.0.1:2222", "example.org:2222")))
                .containsExactly(
                        "postern.listeners.ssh.address: is 'example.org:2222': expected an address literal,"
                                + " localhost or *, and a port, such as 127.0.0.1:2222");
    }

    @Test
    void whatHoconCannotReadIsOneProblem() {
        assertThatThrownBy(() -> ConfigInput.text("postern { a = ", Configs.BASE))
                .isInstanceOf(InvalidConfigException.class);
        assertThatThrownBy(() -> Configs.read("postern { region = ${nowhere} }"))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(() -> ConfigInput.file(Path.of("/does/not/exist.conf")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage("/does/not/exist.conf: does not exist, expected a configuration file");
    }

    @Test
    void variablesOfTheEnvironmentReplaceOnlyWhereTheyAreSet() {
        assertThat(
                        Configs.read(
                                        "postern { region = eu, region = ${?POSTERN_TEST_IS_NOT_SET} }")
                                .region())
                .contains("eu");
        assertThat(Configs.read("postern { region = eu, region = ${?PATH} }").region())
                .contains(System.getenv("PATH"));
    }

    @Test
    void optionsOfTheCommandLineComeFirst() {
        ConfigInput input =
                ConfigInput.text(Configs.VALID, Configs.BASE)
                        .with(
                                Map.of(
                                        "postern.listeners.ssh.address",
                                        "127.0.0.1:3333",
                                        "postern.state-directory",
                                        "/s"));
        GatewaySettings settings = Configs.read(input);
        assertThat(settings.stateDirectory()).isEqualTo(Path.of("/s"));
        assertThat(settings.listeners().values())
                .extracting(ListenerSettings::address)
                .containsExactly(Optional.of(address("127.0.0.1", 3333)));
    }

    private static InetSocketAddress address(String literal, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
    }
}

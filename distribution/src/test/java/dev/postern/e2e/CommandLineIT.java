// SPDX-License-Identifier: Apache-2.0
package dev.postern.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line without a gateway: mistakes get one sentence and an exit code. */
@DisplayName("The postern command")
class CommandLineIT {
    @TempDir private Path base;

    private Result postern(String... arguments) {
        List<String> command =
                new java.util.ArrayList<>(List.of(Installation.launcher().toString()));
        command.addAll(List.of(arguments));
        return Programs.run(
                command,
                new byte[0],
                Map.of("HOME", base.toString(), "POSTERN_STATE", base.resolve("none").toString()));
    }

    @Test
    @DisplayName("config check finds five mistakes at once, with file and line")
    void fiveMistakes() throws Exception {
        Path file = base.resolve("wrong.conf");
        Files.writeString(
                file,
                """
                postern {
                  databases { main { url = "jdbc:sqlite:state/postern.db" } }
                  components {
                    keys     { type = pubkey-db, database = main, lookup-timout = 2s }
                    registry { type = sandbox-registry, database = mian, backends = [box], accepts = [keys] }
                    box      { type = loca }
                  }
                  listeners { ssh { type = tcp, address = "127.0.0.1:2222", route = mein } }
                  routes {
                    main { authenticators = [keys], resolver = registry, backends = [box], login-name = sandbox, policy = default }
                  }
                  policies { default { pty = yes-please } }
                }
                """);
        Result result = postern("config", "check", "-c", file.toString());
        assertThat(result.status()).as(result.toString()).isEqualTo(2);
        assertThat(result.errors())
                .contains("lookup-timout")
                .contains("did you mean 'lookup-timeout'")
                .contains("mian")
                .contains("loca")
                .contains("mein")
                .contains("yes-please")
                .contains("wrong.conf:4")
                .contains("wrong.conf:5")
                .contains("wrong.conf:6")
                .contains("wrong.conf:8")
                .contains("wrong.conf:12")
                .contains("5 problems")
                .doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "frobnicate",
                "user",
                "user add",
                "key add --user x",
                "quickstart --port 99999",
                "quickstart --prot 22",
                "serve",
                "serve -c /no/such/file.conf",
                "config check -c /no/such/file.conf",
                "sandbox get",
                "user list --state /no/such/dir",
                "session list --gateway http://127.0.0.1:1"
            })
    @DisplayName("a mistake gets a sentence and an exit code, never a stack trace")
    void mistakes(String line) {
        Result result = postern(line.split(" "));
        assertThat(result.status()).as(result.toString()).isNotZero();
        assertThat(result.errors())
                .startsWith("postern: ")
                .doesNotContain("\tat ")
                .doesNotContain("Exception");
    }

    @Test
    @DisplayName("help and version answer")
    void help() {
        assertThat(postern("--help").text()).contains("quickstart").contains("serve");
        assertThat(postern("--version").text()).startsWith("postern ");
        assertThat(postern("config", "reference").text()).contains("postern.ssh");
    }
}

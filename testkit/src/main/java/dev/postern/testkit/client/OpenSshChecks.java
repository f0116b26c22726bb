// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.Capability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSH's own client. */
abstract class OpenSshChecks {
    abstract Workbench bench();

    @BeforeEach
    void needsExec() {
        bench().needsHere("ssh");
        bench().needs(Capability.EXEC);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 126, 127, 143, 255})
    @DisplayName("an exit status arrives as it is")
    void exitStatus(int status) throws Exception {
        bench().run(bench().ssh("exit " + status)).exits(status);
    }

    @Test
    @DisplayName("a missing program is exit status 127")
    void missingProgram() throws Exception {
        bench().run(bench().ssh("no-such-program-anywhere")).exits(127);
    }

    @Test
    @DisplayName("nothing is said that the command did not say")
    void silence() throws Exception {
        Finished finished = bench().run(bench().ssh("true")).ok();
        assertThat(finished.out()).isEmpty();
        assertThat(finished.err()).isEmpty();
    }

    @Test
    @DisplayName("stdout and stderr stay apart")
    void separation() throws Exception {
        Finished finished = bench().run(bench().ssh("echo out; echo err >&2; exit 3")).exits(3);
        assertThat(finished.out()).isEqualTo("out\n");
        assertThat(finished.err()).isEqualTo("err\n");
    }

    @Test
    @DisplayName("end of file on stdin reaches the command")
    void stdinEnds() throws Exception {
        bench().needs(Capability.STDIN_EOF);
        assertThat(bench().run(bench().ssh("wc -c"), "twelve bytes").ok().out().strip())
                .isEqualTo("12");
        assertThat(bench().run(bench().ssh("cat")).ok().out()).isEmpty();
    }

    @Test
    @DisplayName("64 MiB go through cat, both ways at once, with a rekey every 8 MiB")
    void cat() throws Exception {
        bench().needs(Capability.STDIN_EOF);
        Path data = bench().data(64 << 20);
        Finished finished =
                bench().run(bench().sshWith(List.of("-o", "RekeyLimit=8M"), "cat"), data).ok();
        assertThat(Workbench.sha256(finished.stdout())).isEqualTo(Workbench.sha256(data));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chacha20-poly1305@openssh.com",
                "aes128-gcm@openssh.com",
                "aes256-gcm@openssh.com",
                "aes256-ctr"
            })
    @DisplayName("16 MiB go through each cipher")
    void ciphers(String cipher) throws Exception {
        Path data = bench().data(16 << 20);
        Finished finished =
                bench().run(
                                bench().sshWith(
                                                List.of("-c", cipher, "-o", "RekeyLimit=4M"),
                                                "cat"),
                                data)
                        .ok();
        assertThat(Workbench.sha256(finished.stdout())).isEqualTo(Workbench.sha256(data));
    }

    @Test
    @DisplayName("a shell without a terminal takes its script from stdin")
    void shellFromStdin() throws Exception {
        Finished finished =
                bench().run(bench().sshWith(List.of("-T")), "echo one\necho two >&2\nexit 9\n")
                        .exits(9);
        assertThat(finished.out()).contains("one\n");
        assertThat(finished.err()).contains("two\n");
    }

    @Test
    @DisplayName("a terminal is one, and merges the two outputs")
    void terminal() throws Exception {
        bench().needs(Capability.PTY);
        Finished finished =
                bench().run(
                                bench().sshWith(
                                                List.of("-tt"),
                                                "test -t 0 && test -t 1 && echo terminal $TERM; echo err >&2; exit 5"))
                        .exits(5);
        assertThat(finished.out()).contains("terminal").contains("err");
    }

    @Test
    @DisplayName("death by signal is told")
    void exitSignal() throws Exception {
        bench().needs(Capability.EXIT_SIGNAL);
        Finished finished = bench().run(bench().sshWith(List.of("-v"), "kill -TERM $$")).exits(255);
        assertThat(finished.err()).contains("rtype exit-signal");
    }

    @Test
    @DisplayName("the session knows where it comes from")
    void environment() throws Exception {
        bench().needs(Capability.ENVIRONMENT);
        String connection =
                bench().inside("echo $SSH_CONNECTION; echo $SSH_CLIENT; echo $HOME; pwd");
        String[] lines = connection.split("\n");
        assertThat(lines[0].split(" ")).hasSize(4);
        assertThat(lines[1].split(" ")).hasSize(3);
        assertThat(lines[2]).startsWith("/");
    }

    @Test
    @DisplayName("a command that ends at once loses no output, 60 times on one connection")
    void shortCommands() throws Exception {
        Path socket = bench().here("mux");
        List<String> mux = List.of("-o", "ControlPath=" + socket);
        try (Running master =
                bench().start(
                                bench().sshWith(
                                                List.of(
                                                        "-M",
                                                        "-N",
                                                        "-o",
                                                        "ControlPath=" + socket)))) {
            master.await("the control socket", () -> Files.exists(socket));
            for (int i = 0; i < 60; i++) {
                assertThat(bench().run(bench().sshWith(mux, "echo " + i)).ok().out())
                        .isEqualTo(i + "\n");
            }
            List<Running> many = new ArrayList<>();
            try {
                for (int i = 0; i < 9; i++) {
                    many.add(bench().start(bench().sshWith(mux, "cat")));
                }
                for (Running one : many) {
                    one.type("hello\n");
                    one.await("an echo", () -> one.out().equals("hello\n"));
                }
                for (Running one : many) {
                    one.in().close();
                    one.end().ok();
                }
            } finally {
                many.forEach(Running::close);
            }
            bench().run(bench().sshWith(List.of("-O", "exit", "-o", "ControlPath=" + socket))).ok();
        }
    }

    @Test
    @DisplayName("keep-alive questions are answered")
    void keepAlive() throws Exception {
        bench().run(
                        bench().sshWith(
                                        List.of(
                                                "-o",
                                                "ServerAliveInterval=1",
                                                "-o",
                                                "ServerAliveCountMax=2"),
                                        "sleep 4; echo still here"))
                .ok();
    }

    @Test
    @DisplayName("-N opens no session and stays")
    void noSession() throws Exception {
        Path log = bench().here("no-session.log");
        try (Running running =
                bench().start(bench().sshWith(List.of("-v", "-N", "-E", log.toString())))) {
            running.await(
                    "the login",
                    () -> {
                        try {
                            return Files.exists(log)
                                    && Files.readString(log)
                                            .contains("Entering interactive session");
                        } catch (java.io.IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
            assertThat(running.alive()).isTrue();
        }
    }

    @Test
    @DisplayName("a key that nobody knows is refused")
    void unknownKey() throws Exception {
        Path key = bench().here("stranger");
        bench().run(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()))
                .ok();
        Finished finished =
                bench().run(
                                List.of(
                                        "ssh",
                                        "-F",
                                        "/dev/null",
                                        "-i",
                                        key.toString(),
                                        "-o",
                                        "IdentitiesOnly=yes",
                                        "-o",
                                        "BatchMode=yes",
                                        "-o",
                                        "UserKnownHostsFile=" + bench().knownHosts(),
                                        "-p",
                                        String.valueOf(bench().target().address().port()),
                                        bench().target().user()
                                                + "@"
                                                + bench().target().address().host(),
                                        "true"));
        finished.exits(255);
        assertThat(finished.err()).contains("Permission denied");
    }

    @Test
    @DisplayName("ssh-keyscan finds the keys that known_hosts has")
    void keyScan() throws Exception {
        bench().needsHere("ssh-keyscan");
        Finished finished =
                bench().run(
                                List.of(
                                        "ssh-keyscan",
                                        "-p",
                                        String.valueOf(bench().target().address().port()),
                                        bench().target().address().host()))
                        .ok();
        List<String> known = Files.readAllLines(bench().knownHosts());
        assertThat(finished.out().lines().filter(line -> !line.startsWith("#")))
                .isNotEmpty()
                .anySatisfy(line ->
                        assertThat(known)
                                .anySatisfy(
                                        entry -> assertThat(entry).contains(line.split(" ")[2])));
    }

    @Test
    @DisplayName("every host key that the server has is proved to a client that learns")
    void updateHostKeys() throws Exception {
        Path learned = Files.copy(bench().knownHosts(), bench().here("learned"));
        bench().run(
                        bench().sshWith(
                                        List.of(
                                                "-o",
                                                "UpdateHostKeys=yes",
                                                "-o",
                                                "UserKnownHostsFile=" + learned),
                                        "true"))
                .ok();
        assertThat(Files.readAllLines(learned)).isNotEmpty();
    }
}

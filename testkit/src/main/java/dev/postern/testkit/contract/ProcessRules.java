// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.value.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** BE-10 to BE-19. */
abstract class ProcessRules extends SessionBackendContract.Rules {
    @Test
    @Rule("BE-10")
    @DisplayName("have an exact exit status")
    void exitStatus() {
        try (SandboxConnection connection = connect()) {
            contract()
                    .exitStatuses()
                    .forEach(status -> {
                        Session session = Session.start(connection, "exit " + status);
                        assertThat(session.exit()).isEqualTo(new ExitStatus.Exited(status));
                        session.process().end(SandboxProcess.EndReason.FINISHED);
                    });
        }
    }

    @Test
    @Rule("BE-11")
    @DisplayName("get their command octet by octet")
    void octets() {
        byte[] line = "printf '\u00e4 \"$0\" ??' | od -An -v -tx1".getBytes(StandardCharsets.UTF_8);
        // Two octets that are not UTF-8, where the question marks stand.
        for (int i = 0; i < line.length; i++) {
            if (line[i] == '?') {
                line[i] = line[i + 1] == '?' ? (byte) 0xff : (byte) 0x80;
            }
        }
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, Session.exec(Bytes.of(line), Map.of()));
            CompletableFuture<byte[]> output = session.readAll();
            session.process().stdin().finish();
            String hex = Session.text(Waits.get("output", output)).replaceAll("\\s+", "");
            assertThat(hex).isEqualTo("c3a42022243022" + "20" + "ff80");
        }
    }

    @Test
    @Rule("BE-12")
    @DisplayName("have stdout and stderr apart")
    void apart() {
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, "echo out; echo err >&2; echo more");
            CompletableFuture<byte[]> errors = session.readAll(session.process().stderr());
            assertThat(Session.text(Waits.get("stdout", session.readAll())))
                    .isEqualTo("out\nmore\n");
            assertThat(Session.text(Waits.get("stderr", errors))).isEqualTo("err\n");
        }
    }

    @Test
    @Rule("BE-13")
    @DisplayName("lose no output when they end at once, also if it is read only after the exit")
    void drained() {
        try (SandboxConnection connection = connect()) {
            for (int i = 0; i < 20; i++) {
                Session session =
                        Session.start(connection, "printf '%0" + (1000 + i) + "d' 7; exit 3");
                assertThat(session.exit()).isEqualTo(new ExitStatus.Exited(3));
                byte[] output = Waits.get("stdout", session.readAll());
                assertThat(output).hasSize(1000 + i);
                assertThat(output[output.length - 1]).isEqualTo((byte) '7');
                session.process().end(SandboxProcess.EndReason.FINISHED);
            }
        }
    }

    @Test
    @Rule("BE-14")
    @DisplayName("see the end of their input")
    void endOfInput() {
        try (SandboxConnection connection = connect()) {
            if (!declares(Capability.STDIN_EOF)) {
                Session session = Session.start(connection, "cat");
                session.write("x\n");
                session.closeStdin();
                assertThat(Waits.staysOpen(session.process().exit()))
                        .as("end of file reached the process: declare STDIN_EOF")
                        .isTrue();
                return;
            }
            Session session = Session.start(connection, "wc -c; echo $?");
            session.write(new byte[12_345]);
            session.closeStdin();
            assertThat(
                            Session.text(
                                            Waits.get(
                                                    "the end that wc waits for (or drop STDIN_EOF)",
                                                    session.readAll()))
                                    .split("\\s+"))
                    .contains("12345", "0");
        }
    }

    @Test
    @Rule("BE-15")
    @DisplayName("have the variables that were asked for, exactly")
    void environment() {
        Map<String, String> variables =
                Map.of("KIT_A", "plain", "KIT_B", " two words 'quoted' $HOME \u00e4", "KIT_C", "");
        String line = "printf '%s|%s|%s' \"$KIT_A\" \"$KIT_B\" \"${KIT_C-unset}\"";
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, Session.exec(Bytes.utf8(line), variables));
            String output = Session.text(Waits.get("stdout", session.readAll()));
            if (declares(Capability.ENVIRONMENT)) {
                assertThat(output)
                        .as("variables of the process (or drop ENVIRONMENT)")
                        .isEqualTo("plain| two words 'quoted' $HOME \u00e4|");
            } else {
                assertThat(output)
                        .as("variables were set: declare ENVIRONMENT")
                        .isEqualTo("||unset");
            }
        }
    }

    @Test
    @Rule("BE-16")
    @DisplayName("know their user and find programs")
    void user() {
        try (SandboxConnection connection = connect()) {
            String output =
                    Session.output(
                            connection,
                            "for v in \"$HOME\" \"$SHELL\" \"$USER\" \"$LOGNAME\" \"$PATH\"; do echo \"[$v]\"; done");
            assertThat(output.lines().toList()).hasSize(5).doesNotContain("[]");
        }
    }

    @Test
    @Rule("BE-17")
    @DisplayName("may be a login shell that reads its input")
    void shell() {
        try (SandboxConnection connection = connect()) {
            Session session =
                    Session.start(
                            connection,
                            new ProcessSpec(
                                    "contract",
                                    new ProcessSpec.Shell(),
                                    Optional.empty(),
                                    Map.of()));
            CompletableFuture<byte[]> output = session.readAll();
            session.write("echo answer-$((6*7)); exit 5\n");
            assertThat(Session.text(Waits.get("stdout", output))).contains("answer-42");
            assertThat(session.exit()).isEqualTo(new ExitStatus.Exited(5));
        }
    }

    @Test
    @Rule("BE-18")
    @DisplayName("run side by side on one connection")
    void sideBySide() {
        try (SandboxConnection connection = connect()) {
            Session idle = Session.start(connection, "echo ready; cat");
            assertThat(idle.line()).isEqualTo("ready");
            List<CompletableFuture<String>> outputs =
                    java.util.stream.IntStream.range(0, 10)
                            .mapToObj(i ->
                                    Waits.begin(
                                            "exec", () -> Session.output(connection, "echo " + i)))
                            .toList();
            for (int i = 0; i < 10; i++) {
                assertThat(Waits.get("output", outputs.get(i))).isEqualTo(i + "\n");
            }
            idle.write("still there\n");
            assertThat(idle.line()).isEqualTo("still there");
            idle.process().end(SandboxProcess.EndReason.KILL);
        }
    }

    @Test
    @Rule("BE-19")
    @DisplayName("are refused where their kind is not declared")
    void undeclared() {
        try (SandboxConnection connection = connect()) {
            ProcessSpec subsystem =
                    new ProcessSpec(
                            "contract",
                            new ProcessSpec.Subsystem("no-such-subsystem"),
                            Optional.empty(),
                            Map.of());
            assertThat(ConnectionRules.refused(connection, subsystem))
                    .as("a subsystem that does not exist is refused")
                    .isTrue();
            ProcessSpec sftp =
                    new ProcessSpec(
                            "contract",
                            new ProcessSpec.Subsystem("sftp"),
                            Optional.empty(),
                            Map.of());
            assertThat(ConnectionRules.refused(connection, sftp))
                    .as("the sftp subsystem is started if and only if SFTP_STREAM is declared")
                    .isEqualTo(!declares(Capability.SFTP_STREAM));
            assertThat(ConnectionRules.refused(connection, Session.terminal("true", Map.of())))
                    .as("a PTY is allocated if and only if PTY is declared")
                    .isEqualTo(!declares(Capability.PTY));
            assertThat(ConnectionRules.refused(connection, Session.exec("true")))
                    .as("a command with pipes is started if and only if EXEC is declared")
                    .isEqualTo(!declares(Capability.EXEC));
            assertThat(connection.files().isPresent())
                    .as("files() is present if and only if FILES is declared")
                    .isEqualTo(declares(Capability.FILES));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess.EndReason;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** BE-40 to BE-47. */
abstract class TerminalRules extends SessionBackendContract.Rules {
    /** Opcodes of RFC 4254 section 8. */
    private static final int VINTR = 1;

    private static final int ECHO = 53;

    @BeforeEach
    void onlyWithTerminals() {
        assumeTrue(
                declares(Capability.PTY), "PTY is not declared; BE-19 checks that it is refused");
    }

    private static List<String> lines(Session session) {
        return Session.text(Waits.get("output of the terminal", session.readAll()))
                .lines()
                .map(line -> line.replace("\r", ""))
                .toList();
    }

    @Test
    @Rule("BE-40")
    @DisplayName("are terminals, of the size and type that were asked for")
    void terminal() {
        try (SandboxConnection connection = connect()) {
            Session session =
                    Session.start(
                            connection,
                            Session.terminal(
                                    "test -t 0 && test -t 1 && test -t 2 && echo yes; echo $TERM; stty size",
                                    Map.of()));
            assertThat(lines(session)).containsExactly("yes", "vt220", "43 101");
            assertThat(session.exit()).isEqualTo(new ExitStatus.Exited(0));
        }
    }

    @Test
    @Rule("BE-41")
    @DisplayName("are the controlling terminals of their processes")
    void controlling() {
        try (SandboxConnection connection = connect()) {
            Session session =
                    Session.start(
                            connection, Session.terminal("echo through > /dev/tty", Map.of()));
            assertThat(lines(session)).containsExactly("through");
        }
    }

    @Test
    @Rule("BE-42")
    @DisplayName("have the modes that were asked for")
    void modes() {
        try (SandboxConnection connection = connect()) {
            Session session =
                    Session.start(
                            connection,
                            Session.terminal(
                                    "stty -a | tr ';' '\\n'",
                                    Map.of(ECHO, 0L, VINTR, 24L, 159, 1L)));
            assertThat(String.join(" ", lines(session))).contains("intr = ^X").contains("-echo ");
        }
    }

    @Test
    @Rule("BE-43")
    @DisplayName("change their size")
    void resize() {
        try (SandboxConnection connection = connect()) {
            assumeTrue(
                    declares(Capability.RESIZE),
                    "RESIZE is not declared, so the gateway never asks for it");
            Session session =
                    Session.start(
                            connection,
                            Session.terminal(
                                    "trap 'stty size; exit 8' WINCH; echo ready; while :; do sleep 0.1; done",
                                    Map.of()));
            assertThat(session.line()).isEqualTo("ready");
            session.process().resize(new PtySize(132, 50, 0, 0));
            assertThat(session.line()).as("the new size (or drop RESIZE)").isEqualTo("50 132");
            assertThat(session.exit()).isEqualTo(new ExitStatus.Exited(8));
        }
    }

    @Test
    @Rule("BE-44")
    @DisplayName("turn the interrupt character into a signal to the foreground job")
    void interrupt() {
        try (SandboxConnection connection = connect()) {
            Session session =
                    Session.start(
                            connection,
                            Session.terminal(
                                    "trap 'echo caught; exit 7' INT; echo ready; while :; do sleep 0.1; done",
                                    Map.of(ECHO, 0L)));
            assertThat(session.line()).isEqualTo("ready");
            session.write(new byte[] {3});
            assertThat(session.line()).isEqualTo("caught");
            assertThat(session.exit()).isEqualTo(new ExitStatus.Exited(7));
        }
    }

    @Test
    @Rule("BE-45")
    @DisplayName("have one stream: stderr is at its end from the start")
    void oneStream() {
        try (SandboxConnection connection = connect()) {
            Session session =
                    Session.start(
                            connection,
                            Session.terminal("echo ready; echo err >&2; exec sleep 600", Map.of()));
            CompletableFuture<byte[]> errors = session.readAll(session.process().stderr());
            assertThat(Waits.get("end of stderr", errors)).isEmpty();
            assertThat(session.line()).isEqualTo("ready");
            assertThat(session.line()).isEqualTo("err");
            session.process().end(EndReason.KILL);
        }
    }

    @Test
    @Rule("BE-46")
    @DisplayName("lose no output of a process that ends at once")
    void drained() {
        try (SandboxConnection connection = connect()) {
            for (int i = 0; i < 20; i++) {
                Session session =
                        Session.start(
                                connection,
                                Session.terminal("echo line " + i + "; exit 2", Map.of()));
                assertThat(session.exit()).isEqualTo(new ExitStatus.Exited(2));
                assertThat(lines(session)).containsExactly("line " + i);
                session.process().end(EndReason.FINISHED);
            }
        }
    }

    @Test
    @Rule("BE-47")
    @DisplayName("hang up with their client")
    void hangUp() {
        try (SandboxConnection connection = connect()) {
            Session session =
                    Session.start(
                            connection, Session.terminal("echo ready; exec sleep 600", Map.of()));
            assertThat(session.line()).isEqualTo("ready");
            session.process().end(EndReason.HANGUP);
            assertThat(session.exit()).isNotEqualTo(new ExitStatus.Exited(0));
        }
    }
}

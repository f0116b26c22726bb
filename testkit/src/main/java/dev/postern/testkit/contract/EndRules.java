// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess.EndReason;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** BE-30 to BE-39. */
abstract class EndRules extends SessionBackendContract.Rules {
    @Test
    @Rule("BE-30")
    @DisplayName("by a signal is told apart from an exit status")
    void exitSignal() {
        try (SandboxConnection connection = connect()) {
            for (String name : new String[] {"TERM", "KILL", "SEGV"}) {
                ExitStatus status =
                        Session.start(connection, "ulimit -c 0; kill -" + name + " $$; sleep 600")
                                .exit();
                if (declares(Capability.EXIT_SIGNAL)) {
                    assertThat(status)
                            .as("death by %s (or drop EXIT_SIGNAL)", name)
                            .isEqualTo(new ExitStatus.Signalled(name, false));
                } else {
                    assertThat(status)
                            .as(
                                    "death by %s without EXIT_SIGNAL is an exit status as a shell would give it",
                                    name)
                            .isInstanceOfSatisfying(
                                    ExitStatus.Exited.class,
                                    exited -> assertThat(exited.status()).isGreaterThan(128));
                }
            }
            assertThat(Session.start(connection, "exit 143").exit())
                    .isEqualTo(new ExitStatus.Exited(143));
        }
    }

    @Test
    @Rule("BE-31")
    @DisplayName("by a signal that was asked for: it arrives, and says so")
    void signal() {
        try (SandboxConnection connection = connect()) {
            assumeTrue(
                    declares(Capability.SIGNAL),
                    "SIGNAL is not declared, so the gateway never asks for one");
            Session session =
                    Session.start(
                            connection,
                            "trap 'exit 9' USR1; echo ready; while :; do sleep 0.1; done");
            assertThat(session.line()).isEqualTo("ready");
            assertThat(session.process().signal("NO-SUCH-SIGNAL")).isFalse();
            assertThat(session.process().signal("USR1")).isTrue();
            assertThat(session.exit())
                    .as("exit of the trap (or drop SIGNAL)")
                    .isEqualTo(new ExitStatus.Exited(9));
            assertThat(session.process().signal("TERM"))
                    .as("a signal to a process that has ended")
                    .isFalse();
        }
    }

    @Test
    @Rule("BE-32")
    @DisplayName("is told exactly once, whatever is asked afterwards")
    void once() {
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, "exit 4");
            ExitStatus first = session.exit();
            session.process().end(EndReason.FINISHED);
            session.process().end(EndReason.FINISHED);
            session.process().end(EndReason.KILL);
            session.process().end(EndReason.HANGUP);
            assertThat(session.process().exit()).isCompletedWithValue(first);
            assertThat(first).isEqualTo(new ExitStatus.Exited(4));
        }
    }

    @Test
    @Rule("BE-33")
    @DisplayName("does not wait until the output is read")
    void exitWithoutReader() {
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, "echo unread; exit 6");
            assertThat(session.exit()).isEqualTo(new ExitStatus.Exited(6));
            session.process().end(EndReason.FINISHED);
        }
    }

    @Test
    @Rule("BE-34")
    @DisplayName("by itself signals nothing: what was left in the background goes on")
    void finishedSignalsNothing() {
        String file = file();
        try (SandboxConnection connection = connect()) {
            Session session =
                    Session.start(
                            connection,
                            "sh -c 'trap \"\" HUP; sleep 1; echo survived > "
                                    + file
                                    + "' >/dev/null 2>&1 </dev/null & exit 0");
            assertThat(session.exit()).isEqualTo(new ExitStatus.Exited(0));
            session.process().end(EndReason.FINISHED);
        }
        try (SandboxConnection connection = connect()) {
            assertThat(
                            Waits.until(() ->
                                    Session.output(connection, "cat " + file + " 2>/dev/null; :")
                                            .startsWith("survived")))
                    .as("a background job outlives the normal exit of its session")
                    .isTrue();
            Session.output(connection, "rm -f " + file);
        }
    }

    @Test
    @Rule("BE-35")
    @DisplayName("comes with the loss of the client")
    void hangUp() {
        try (SandboxConnection connection = connect()) {
            Session session = Session.start(connection, "echo ready; exec sleep 600");
            assertThat(session.line()).isEqualTo("ready");
            session.process().end(EndReason.HANGUP);
            assertThat(session.exit()).isNotEqualTo(new ExitStatus.Exited(0));
        }
    }

    @Test
    @Rule("BE-36")
    @DisplayName("comes after a grace where the process ignores the loss of its client")
    void hangUpIgnored() {
        try (SandboxConnection connection = connect()) {
            Session session =
                    Session.start(
                            connection,
                            "trap '' HUP TERM; echo ready; while :; do sleep 0.1; done");
            assertThat(session.line()).isEqualTo("ready");
            session.process().end(EndReason.HANGUP);
            assertThat(session.exit()).isNotEqualTo(new ExitStatus.Exited(0));
        }
    }

    @Test
    @Rule("BE-37")
    @DisplayName("by a kill takes along everything that was started")
    void kill() {
        String file = file();
        try (SandboxConnection connection = connect()) {
            Session session =
                    Session.start(
                            connection,
                            "sh -c 'trap \"\" HUP TERM; while :; do echo x >> "
                                    + file
                                    + "; sleep 0.1; done' >/dev/null 2>&1 </dev/null & echo ready; wait");
            assertThat(session.line()).isEqualTo("ready");
            assertThat(Waits.until(() -> size(connection, file) > 0)).isTrue();
            session.process().end(EndReason.KILL);
            session.exit();
            assertThat(Waits.until(() -> standsStill(connection, file)))
                    .as("the background job of a killed session has ended")
                    .isTrue();
            Session.output(connection, "rm -f " + file);
        }
    }

    @Test
    @Rule("BE-38")
    @DisplayName("may be asked for more strongly later, never more weakly")
    void stronger() {
        try (SandboxConnection connection = connect()) {
            Session session =
                    Session.start(
                            connection, "trap '' HUP; echo ready; while :; do sleep 0.1; done");
            assertThat(session.line()).isEqualTo("ready");
            session.process().end(EndReason.HANGUP);
            session.process().end(EndReason.KILL);
            session.process().end(EndReason.FINISHED);
            assertThat(session.exit()).isNotEqualTo(new ExitStatus.Exited(0));
        }
    }

    private String file() {
        return subject().writableDirectory() + "/kit-" + UUID.randomUUID();
    }

    private static long size(SandboxConnection connection, String file) {
        return Long.parseLong(
                Session.output(
                                connection,
                                "test -e " + file + " || : > " + file + "; wc -c < " + file)
                        .strip());
    }

    private static boolean standsStill(SandboxConnection connection, String file) {
        long before = size(connection, file);
        Session.output(connection, "sleep 0.5");
        return size(connection, file) == before;
    }
}

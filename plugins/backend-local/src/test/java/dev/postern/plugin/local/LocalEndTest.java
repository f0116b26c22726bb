// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import static dev.postern.plugin.local.LocalHarness.exec;
import static dev.postern.plugin.local.LocalHarness.exit;
import static dev.postern.plugin.local.LocalHarness.onTerminal;
import static dev.postern.plugin.local.LocalHarness.start;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.SandboxProcess.EndReason;
import dev.postern.api.value.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How processes end: by themselves, with their client, with their sandbox. */
@Timeout(60)
class LocalEndTest {
    @TempDir Path directory;

    private LocalHarness local;
    private SandboxConnection connection;
    private String marker;

    @BeforeEach
    void open() {
        local = new LocalHarness(directory);
        connection = local.connect();
        marker = local.folders.marker("demo");
    }

    @AfterEach
    void close() {
        connection.close();
        ProcessTree.kill(marker, 0);
        local.close();
    }

    private long running() {
        return ProcessTree.members(marker, 0).size();
    }

    private SandboxProcess begin(String line) {
        SandboxProcess process = start(connection, exec(line));
        StringBuilder text = new StringBuilder();
        try {
            while (text.indexOf("ready") < 0) {
                int c = process.stdout().stream().read();
                assertThat(c).isNotNegative();
                text.append((char) c);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return process;
    }

    @Test
    void normalEndSignalsNothing() {
        SandboxProcess process = begin("nohup sleep 300 >/dev/null 2>&1 </dev/null & echo ready");
        assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(0));
        process.end(EndReason.FINISHED);
        connection.close();
        assertThat(running()).isEqualTo(1);
    }

    @Test
    void hangUpReachesTheWholeGroup() {
        SandboxProcess process = begin("sleep 300 & sleep 301 & echo ready; wait");
        process.end(EndReason.HANGUP);
        assertThat(exit(process)).isEqualTo(new ExitStatus.Signalled("HUP", false));
        Waiting.until("nothing runs", () -> running() == 0);
    }

    @Test
    void stoppedProcessIsHungUpToo() {
        SandboxProcess process = begin("echo ready; kill -STOP $$");
        process.end(EndReason.HANGUP);
        assertThat(exit(process)).isEqualTo(new ExitStatus.Signalled("HUP", false));
    }

    @Test
    void processThatIgnoresTheHangUpIsKilledAfterTheGrace() {
        SandboxProcess process = begin("trap '' HUP; echo ready; while :; do sleep 0.1; done");
        process.end(EndReason.HANGUP);
        assertThat(exit(process)).isEqualTo(new ExitStatus.Signalled("KILL", false));
    }

    @Test
    void closingTheConnectionHangsUp() {
        SandboxProcess process = begin("echo ready; exec sleep 300");
        connection.close();
        assertThat(exit(process)).isEqualTo(new ExitStatus.Signalled("HUP", false));
    }

    @Test
    void hangUpOfATerminalEndsTheShellAndItsForegroundJob() {
        SandboxProcess process =
                start(
                        connection,
                        onTerminal(
                                new ProcessSpec.Exec(Bytes.utf8("set -m; sleep 301; :")),
                                Map.of()));
        Waiting.until("all run", () -> running() == 2);
        process.end(EndReason.HANGUP);
        // Whether the shell dies of the signal or sees its job die of it first is the shell's
        // affair.
        assertThat(exit(process))
                .isIn(new ExitStatus.Signalled("HUP", false), new ExitStatus.Exited(129));
        Waiting.until("nothing runs", () -> running() == 0);
    }

    @Test
    void killEndsWhatHasLeftTheSessionToo() {
        SandboxProcess other = begin("echo ready; exec sleep 302");
        SandboxProcess process =
                begin(
                        "setsid nohup sleep 300 >/dev/null 2>&1 & (setsid bash -c 'trap \"\" HUP TERM;"
                                + " sleep 301; :' &) ; sleep 0.1; echo ready; exit 0");
        assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(0));
        Waiting.until("all run", () -> running() == 4);
        process.end(EndReason.FINISHED);
        process.end(EndReason.KILL);
        Waiting.until("only the other session's is left", () -> running() == 1);
        assertThat(other.exit()).isNotDone();
    }

    @Test
    void killOfAProcessThatForksWithoutEndLeavesNothing() {
        SandboxProcess process =
                begin("echo ready; f() { setsid sleep 0.01; f & }; f & f & wait; sleep 300");
        process.end(EndReason.KILL);
        exit(process);
        Waiting.until("nothing runs", () -> running() == 0);
    }

    @Test
    void endOfASandboxEndsWhatEarlierSessionsLeft() throws Exception {
        SandboxProcess process =
                begin("touch file; setsid nohup sleep 300 >/dev/null 2>&1 & echo ready");
        exit(process);
        process.end(EndReason.FINISHED);
        connection.close();
        try (LocalHarness later = new LocalHarness(directory);
                SandboxConnection others =
                        later.backend.connect(
                                LocalHarness.sandbox("other"), LocalHarness.context("alice"))) {
            SandboxProcess stranger = start(others, exec("exec sleep 303"));
            assertThat(running()).isEqualTo(1);
            later.provisioner.destroy(LocalHarness.sandbox("demo"));
            assertThat(running()).isZero();
            assertThat(stranger.exit()).isNotDone();
            assertThat(directory.resolve("sandboxes/demo/file")).exists();
        }
    }

    @Test
    void folderIsRemovedWithItsSandboxIfAskedFor() throws Exception {
        Path outside = Files.writeString(directory.resolve("outside"), "kept");
        LocalHarness.output(
                connection, "mkdir -p a/b; ln -s " + directory + " a/link; echo x > a/b/c");
        LocalProvisioner removing =
                new LocalProvisioner(
                        "local", local.folders, false, java.time.InstantSource.system());
        removing.destroy(LocalHarness.sandbox("demo"));
        assertThat(directory.resolve("sandboxes/demo")).doesNotExist();
        assertThat(outside).exists();
    }

    @Test
    void closingTheComponentEndsItsProcesses() {
        SandboxProcess process = begin("trap '' HUP; echo ready; while :; do sleep 0.1; done");
        local.close();
        assertThat(exit(process)).isEqualTo(new ExitStatus.Signalled("KILL", false));
    }

    @Test
    void endIsIdempotentAndOnlyGrowsStronger() {
        SandboxProcess process = begin("echo ready; exec sleep 300");
        process.end(EndReason.KILL);
        process.end(EndReason.FINISHED);
        process.end(EndReason.HANGUP);
        assertThat(exit(process)).isEqualTo(new ExitStatus.Signalled("KILL", false));
        assertThat(Optional.of(process.signal("TERM"))).contains(false);
    }
}

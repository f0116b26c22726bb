// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.auth.Identity;
import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.PtySpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.StartResult;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.api.value.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A backend over a directory, with settings that suit tests. */
final class LocalHarness implements AutoCloseable {
    final Children children;
    final SandboxFolders folders;
    final LocalBackend backend;
    final LocalProvisioner provisioner;

    LocalHarness(Path directory) {
        this(directory, settings(false, Optional.empty()));
    }

    LocalHarness(Path directory, LocalSettings settings) {
        children = new Children("test", settings.eventThreads());
        folders = new SandboxFolders(directory.resolve("sandboxes"), directory, Optional.empty());
        backend =
                new LocalBackend(
                        settings,
                        Account.own(),
                        Optional.of(new Guests(settings.user(), directory)),
                        folders,
                        settings.filesRoot().map(FileTree::under).orElseGet(FileTree::host),
                        children,
                        InstantSource.system());
        provisioner =
                new LocalProvisioner(
                        "local", folders, settings.keepFiles(), InstantSource.system());
    }

    static LocalSettings settings(boolean forwards, Optional<Path> filesRoot) {
        return new LocalSettings(
                Optional.empty(),
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.of("/bin/bash"),
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                forwards,
                Duration.ofSeconds(5),
                filesRoot,
                Duration.ofMillis(300),
                2);
    }

    static SandboxRef sandbox(String id) {
        return new SandboxRef("registry", id, "", "local", Map.of());
    }

    static ConnectionContext context(String subject) {
        return new ConnectionContext(
                "c1", new Identity("keys", subject), Optional.empty(), Optional.empty());
    }

    SandboxConnection connect() {
        return backend.connect(sandbox("demo"), context("alice"));
    }

    static ProcessSpec exec(String line) {
        return new ProcessSpec(
                "s1", new ProcessSpec.Exec(Bytes.utf8(line)), Optional.empty(), Map.of());
    }

    static ProcessSpec onTerminal(ProcessSpec.Command command, Map<Integer, Long> modes) {
        return new ProcessSpec(
                "s1",
                command,
                Optional.of(new PtySpec("xterm", new PtySize(80, 24, 0, 0), modes)),
                Map.of());
    }

    static SandboxProcess start(SandboxConnection connection, ProcessSpec spec) {
        try {
            StartResult result = connection.start(spec);
            assertThat(result).isInstanceOf(StartResult.Started.class);
            return ((StartResult.Started) result).process();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static ExitStatus exit(SandboxProcess process) {
        try {
            return process.exit().get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("No exit within 20 s", e);
        }
    }

    /** What a command prints; it must exit with 0. */
    static String output(SandboxConnection connection, String line) {
        SandboxProcess process = start(connection, exec(line));
        process.stdin().finish();
        String text = text(process);
        assertThat(exit(process)).isEqualTo(new ExitStatus.Exited(0));
        process.end(SandboxProcess.EndReason.FINISHED);
        return text;
    }

    static String text(SandboxProcess process) {
        try {
            return new String(process.stdout().stream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path directory) {
        try {
            SandboxFolders.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        children.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * A real Docker Engine of the test run's own, with data root, exec root, pid file and socket in a temporary folder, and
 * images made on the spot. Started once a run, ended with it. Needs root, and
 * Debian's docker.io, iptables and busybox-static.
 */
public final class DockerEngineExtension implements BeforeAllCallback {
    /** A tree with nothing but busybox. */
    public static final String BUSYBOX = "busybox:test";

    private static final Path WHERE = Path.of("target", "docker-socket");
    private static final Namespace NAMESPACE = Namespace.create(DockerEngineExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Engine.class, k -> new Engine(), Engine.class);
    }

    /** Runs docker's own client against the engine and answers what it printed. */
    public static String docker(String... arguments) {
        List<String> command = new ArrayList<>(List.of("docker", "-H", "unix://" + socket()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    /** The engine's socket; also for the further JVM in which one rule of the contract runs. */
    public static Path socket() {
        Engine engine = Engine.current;
        try {
            return engine != null ? engine.socket() : Path.of(Files.readString(WHERE));
        } catch (IOException e) {
            throw new UncheckedIOException("no test has started the engine", e);
        }
    }

    private static String run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(command + ": " + text);
            }
            return text.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The engine's process. */
    @SuppressWarnings("NullAway.Init")
    private static final class Engine implements AutoCloseable {
        private static volatile @org.jspecify.annotations.Nullable Engine current;

        private final Path folder;
        private Process process;

        Engine() {
            try {
                folder = Files.createTempDirectory("postern-docker");
                start();
                current = this;
                Files.writeString(WHERE, socket().toString());
                importBusybox();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Path socket() {
            return folder.resolve("docker.sock");
        }

        void start() throws IOException {
            process =
                    new ProcessBuilder(
                                    "dockerd",
                                    "-H",
                                    "unix://" + socket(),
                                    "--data-root",
                                    folder.resolve("data").toString(),
                                    "--exec-root",
                                    folder.resolve("exec").toString(),
                                    "--pidfile",
                                    folder.resolve("pid").toString())
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(
                                            folder.resolve("log").toFile()))
                            .start();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!answers()) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new AssertionError(
                            "dockerd does not start: " + Files.readString(folder.resolve("log")));
                }
            }
        }

        private boolean answers() {
            try {
                if (!Files.exists(socket())) {
                    TimeUnit.MILLISECONDS.sleep(50);
                    return false;
                }
                return new ProcessBuilder("docker", "-H", "unix://" + socket(), "version")
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start()
                                .waitFor()
                        == 0;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        private void importBusybox() {
            run(
                    List.of(
                            "sh",
                            "-c",
                            "set -e; cd "
                                    + folder
                                    + "; mkdir -p root/bin root/etc root/tmp root/root root/home/user root/proc root/sys root/dev; "
                                    + "cp /bin/busybox root/bin/busybox; "
                                    + "for a in $(busybox --list | grep -v '^busybox$'); do ln -sf busybox root/bin/$a; done; "
                                    + "echo 'root:x:0:0:root:/root:/bin/sh' >root/etc/passwd; "
                                    + "echo 'user:x:1000:1000:user:/home/user:/bin/sh' >>root/etc/passwd; "
                                    + "printf 'root:x:0:\\nuser:x:1000:\\nextra:x:2000:user\\n' >root/etc/group; "
                                    + "chown 1000:1000 root/home/user; chmod 1777 root/tmp; "
                                    + "tar -C root -c . | docker -H unix://"
                                    + socket()
                                    + " import - "
                                    + BUSYBOX));
        }

        void stop() {
            process.destroy();
            try {
                if (!process.waitFor(60, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() throws IOException {
            run(
                    List.of(
                            "sh",
                            "-c",
                            "docker -H unix://"
                                    + socket()
                                    + " ps -aq | xargs -r docker -H unix://"
                                    + socket()
                                    + " rm -f"));
            stop();
            run(
                    List.of(
                            "sh",
                            "-c",
                            "umount -q "
                                    + folder
                                    + "/exec/netns/* "
                                    + folder
                                    + "/data/*; rm -rf "
                                    + folder));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.Capability;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/**
 * Where the kit works: a directory here, one inside the sandbox, an OpenSSH configuration with the host {@code sandbox},
 * and programs that run with a home of their own.
 */
public final class Workbench implements AutoCloseable {
    /** How long a program may take; POSTERN_TESTKIT_TIMEOUT_SECONDS stretches it. */
    static final Duration PATIENCE =
            Duration.ofSeconds(
                    Long.parseLong(
                            Objects.requireNonNullElse(
                                    System.getenv("POSTERN_TESTKIT_TIMEOUT_SECONDS"), "180")));

    private static final Random RANDOM = new Random();

    private final SshTarget target;
    private final Path directory;
    private final Path home;
    private final Path config;
    private final AtomicInteger runs = new AtomicInteger();
    private final Map<String, String> environment = new java.util.HashMap<>();
    private final List<String> sockets = new CopyOnWriteArrayList<>();
    private String inside = "";

    /** Sets it up; needs OpenSSH's client. */
    public Workbench(SshTarget target) throws IOException {
        this.target = target;
        directory = Files.createTempDirectory("postern-kit-").toRealPath();
        home = Files.createDirectories(directory.resolve("home"));
        Path ssh = Files.createDirectories(home.resolve(".ssh"));
        Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwx------"));
        Files.copy(target.knownHosts(), ssh.resolve("known_hosts"));
        Path identity = Files.copy(target.identity(), ssh.resolve("id"));
        Files.setPosixFilePermissions(identity, PosixFilePermissions.fromString("rw-------"));
        config = ssh.resolve("config");
        Files.writeString(
                config,
                """
                Host sandbox
                  HostName %s
                  Port %d
                  User %s
                Host *
                  IdentityFile %s
                  IdentitiesOnly yes
                  UserKnownHostsFile %s
                  GlobalKnownHostsFile /dev/null
                  StrictHostKeyChecking yes
                  BatchMode yes
                  ConnectTimeout 30
                  LogLevel INFO
                """
                        .formatted(
                                target.address().host(),
                                target.address().port(),
                                target.user(),
                                identity,
                                ssh.resolve("known_hosts")));
    }

    /** What the kit talks to. */
    public SshTarget target() {
        return target;
    }

    /** A path in the directory here. */
    public Path here(String name) {
        return directory.resolve(name);
    }

    /** The home of the programs. */
    public Path home() {
        return home;
    }

    /** OpenSSH's configuration file. */
    public Path config() {
        return config;
    }

    /** The private key. */
    public Path identity() {
        return home.resolve(".ssh/id");
    }

    /** The known_hosts file. */
    public Path knownHosts() {
        return home.resolve(".ssh/known_hosts");
    }

    /** Sets a variable for all programs from now on. */
    public void environment(String name, String value) {
        environment.put(name, value);
    }

    /** Skips the test unless the sandbox declares something. */
    public void needs(Capability capability) {
        Assumptions.assumeTrue(
                target.capabilities().contains(capability),
                () -> "The sandbox does not declare " + capability);
    }

    /** Skips the test unless the sandbox has files. */
    public void needsSftp() {
        Assumptions.assumeTrue(target.sftp(), "The sandbox declares neither FILES nor SFTP_STREAM");
    }

    /** Skips the test unless a program is installed here. */
    public void needsHere(String program) {
        Assumptions.assumeTrue(installed(program), () -> program + " is not installed here");
    }

    /** Skips the test unless a program is installed in the sandbox. */
    public void needsInside(String program) throws InterruptedException {
        boolean there = run(ssh("command -v " + program)).status() == 0;
        Assumptions.assumeTrue(there, () -> program + " is not installed in the sandbox");
    }

    private static boolean installed(String program) {
        for (String place :
                Objects.requireNonNullElse(System.getenv("PATH"), "/usr/bin:/bin").split(":")) {
            if (Files.isExecutable(Path.of(place, program))) {
                return true;
            }
        }
        return program.startsWith("/") && Files.isExecutable(Path.of(program));
    }

    /** A command with OpenSSH's client, options first. */
    public List<String> ssh(String... arguments) {
        return sshWith(List.of(), arguments);
    }

    /** A command with OpenSSH's client. */
    public List<String> sshWith(List<String> options, String... command) {
        List<String> line = new ArrayList<>(List.of("ssh", "-F", config.toString()));
        line.addAll(options);
        line.add("sandbox");
        line.addAll(List.of(command));
        return line;
    }

    /** Runs a command in the sandbox, which has to succeed, and gives its output. */
    public String inside(String command) throws InterruptedException {
        return run(ssh(command)).ok().out();
    }

    /** The absolute path of the kit's directory in the sandbox, made at first use. */
    public String insideDirectory() throws InterruptedException {
        synchronized (this) {
            if (inside.isEmpty()) {
                String name = "kit-" + Long.toHexString(RANDOM.nextLong());
                inside = inside("mkdir " + name + " && cd " + name + " && pwd -P").strip();
            }
            return inside;
        }
    }

    /** A new directory in the sandbox. */
    public String insideNew(String prefix) throws InterruptedException {
        String path = insideDirectory() + "/" + prefix + runs.incrementAndGet();
        inside("mkdir " + path);
        return path;
    }

    /** A new directory in the sandbox whose path is short enough for a Unix socket in it. */
    public String insideSockets() throws InterruptedException {
        String path = inside("mktemp -d /tmp/kitXXXXXX").strip();
        sockets.add(path);
        return path;
    }

    /** The SHA-256 of a file in the sandbox. */
    public String insideSha256(String path) throws InterruptedException {
        return inside("sha256sum < '" + path + "'").substring(0, 64);
    }

    /** Runs a program without input. */
    public Finished run(List<String> command) throws InterruptedException {
        return run(command, Path.of("/dev/null"));
    }

    /** Runs a program with a text as input. */
    public Finished run(List<String> command, String input) throws InterruptedException {
        return run(command, write("input-" + runs.incrementAndGet(), input));
    }

    /** Runs a program with a file as input. */
    public Finished run(List<String> command, Path input) throws InterruptedException {
        return begin(command, ProcessBuilder.Redirect.from(input.toFile())).end();
    }

    /** Starts a program whose input is written by the test. */
    public Running start(List<String> command) {
        return begin(command, ProcessBuilder.Redirect.PIPE);
    }

    private Running begin(List<String> command, ProcessBuilder.Redirect input) {
        Path out = directory.resolve("run-" + runs.incrementAndGet() + ".out");
        Path err = directory.resolve("run-" + runs.get() + ".err");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectInput(input)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().remove("SSH_AUTH_SOCK");
        builder.environment().put("HOME", home.toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);
        try {
            return new Running(command, builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a text file here. */
    public Path write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file here with random octets; made anew only if it is not there. */
    public Path data(int size) throws IOException {
        Path file = directory.resolve("data-" + size);
        if (!Files.exists(file)) {
            byte[] chunk = new byte[Math.min(size, 1 << 20)];
            Random random = new Random(size);
            try (OutputStream out = Files.newOutputStream(file)) {
                for (int left = size; left > 0; left -= chunk.length) {
                    random.nextBytes(chunk);
                    out.write(chunk, 0, Math.min(left, chunk.length));
                }
            }
        }
        return file;
    }

    /** A directory here with many small files in a few directories. */
    public Path smallFiles(int count) throws IOException {
        Path tree = directory.resolve("tree-" + count);
        if (!Files.exists(tree)) {
            Random random = new Random(count);
            for (int i = 0; i < count; i++) {
                Path parent = Files.createDirectories(tree.resolve("d" + i % 10));
                byte[] content = new byte[random.nextInt(2048)];
                random.nextBytes(content);
                Files.write(parent.resolve("file " + i), content);
            }
        }
        return tree;
    }

    /** The SHA-256 of a file here. */
    public static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] chunk = new byte[1 << 16];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                digest.update(chunk, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Fails unless two directories here hold the same files. */
    public static void assertSameTree(Path expected, Path actual) throws IOException {
        assertThat(digests(actual)).isEqualTo(digests(expected)).isNotEmpty();
    }

    private static Map<String, String> digests(Path tree) throws IOException {
        Map<String, String> digests = new java.util.TreeMap<>();
        try (var paths = Files.walk(tree)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                digests.put(tree.relativize(path).toString(), sha256(path));
            }
        }
        return digests;
    }

    /** A TCP port on the loopback address that nobody uses. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A text file of the kit, copied here. */
    public Path script(String name) throws IOException {
        try (InputStream in = Workbench.class.getResourceAsStream(name)) {
            return write(
                    name,
                    new String(
                            Objects.requireNonNull(in, name).readAllBytes(),
                            StandardCharsets.UTF_8));
        }
    }

    /** Removes what it made, here and inside. */
    @Override
    public void close() throws IOException {
        if (!inside.isEmpty()) {
            Process process =
                    new ProcessBuilder(ssh("rm -rf '" + inside + "' " + String.join(" ", sockets)))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try {
                process.waitFor(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}

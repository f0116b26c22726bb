// SPDX-License-Identifier: Apache-2.0
package dev.postern.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A {@code postern quickstart} of the built distribution, in a home of its own, and stock ssh pointed at it. */
final class Installation implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(1);

    private final Path base;
    private final Path home;
    private final Path state;
    private final int port;
    private @Nullable Process gateway;

    private Installation(Path base, int port) {
        this.base = base;
        this.home = base.resolve("home");
        this.state = base.resolve("state");
        this.port = port;
    }

    /** Starts it in a directory that is empty or was used by an earlier one. */
    static Installation start(Path base) {
        try {
            Installation installation = new Installation(base, freePort());
            installation.prepare();
            installation.start();
            return installation;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    static Path launcher() {
        return Path.of(System.getProperty("postern.home"), "bin", "postern");
    }

    private void prepare() throws IOException {
        Path ssh = home.resolve(".ssh");
        Files.createDirectories(ssh);
        Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwx------"));
        if (!Files.exists(key())) {
            Programs.run(
                    List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key().toString()));
        }
    }

    void start() {
        Path log = base.resolve("gateway.log");
        ProcessBuilder builder =
                new ProcessBuilder(
                        launcher().toString(),
                        "quickstart",
                        "--port",
                        String.valueOf(port),
                        "--state",
                        state.toString());
        builder.environment().put("HOME", home.toString());
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        try {
            Process started = builder.start();
            gateway = started;
            Programs.eventually(
                    "the gateway prints its ssh line: " + log,
                    START,
                    () -> {
                        if (!started.isAlive()) {
                            throw new AssertionError("the gateway ended: " + log());
                        }
                        return log().lines().filter(l -> l.strip().startsWith("ssh ")).count()
                                >= starts + 1;
                    });
            starts++;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int starts;

    String log() {
        try {
            Path log = base.resolve("gateway.log");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path key() {
        return home.resolve(".ssh/id_ed25519");
    }

    Path state() {
        return state;
    }

    Path home() {
        return home;
    }

    int port() {
        return port;
    }

    /** The java process itself: the launcher has become it. */
    long pid() {
        Process started = gateway;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started.pid();
    }

    /** The command line of stock ssh up to its options. */
    List<String> sshCommand(String user, String... options) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "ssh",
                                "-F",
                                "none",
                                "-p",
                                String.valueOf(port),
                                "-i",
                                key().toString(),
                                "-o",
                                "IdentitiesOnly=yes",
                                "-o",
                                "BatchMode=yes",
                                "-o",
                                "StrictHostKeyChecking=yes",
                                "-o",
                                "GlobalKnownHostsFile=/dev/null",
                                "-o",
                                "UserKnownHostsFile=" + state.resolve("known_hosts"),
                                "-o",
                                "IdentityAgent=none"));
        command.addAll(Arrays.asList(options));
        command.add(user + "@127.0.0.1");
        return command;
    }

    Result ssh(String command) {
        return ssh(command, new byte[0]);
    }

    Result ssh(String command, byte[] stdin) {
        return Programs.finish(startSsh("demo", command), stdin);
    }

    Process startSsh(String user, String command, String... options) {
        List<String> line = new ArrayList<>(sshCommand(user, options));
        line.add(command);
        return Programs.start(line, Map.of("HOME", home.toString()));
    }

    /** One of the Python clients under {@code clients/}, which get port, user and key as their first arguments. */
    Process startPython(String script, String... arguments) {
        return Programs.start(pythonCommand(script, arguments), Map.of("HOME", home.toString()));
    }

    Result python(String script, String... arguments) {
        return Programs.finish(startPython(script, arguments), new byte[0]);
    }

    private List<String> pythonCommand(String script, String... arguments) {
        try (var resource = Installation.class.getResourceAsStream("/clients/" + script)) {
            if (resource == null) {
                throw new IllegalArgumentException("no client " + script);
            }
            Path file = base.resolve(script);
            Files.write(file, resource.readAllBytes());
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    "/usr/bin/python3",
                                    file.toString(),
                                    String.valueOf(port),
                                    "demo",
                                    key().toString(),
                                    state.resolve("known_hosts").toString()));
            command.addAll(Arrays.asList(arguments));
            return command;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The {@code postern} command against this gateway. */
    Result postern(String... arguments) {
        return posternWithInput(new byte[0], arguments);
    }

    Result posternWithInput(byte[] stdin, String... arguments) {
        List<String> command = new ArrayList<>(List.of(launcher().toString()));
        command.addAll(Arrays.asList(arguments));
        return Programs.run(
                command, stdin, Map.of("HOME", home.toString(), "POSTERN_STATE", state.toString()));
    }

    JsonNode posternJson(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("-o", "json"));
        Result result = postern(all.toArray(String[]::new));
        try {
            return new ObjectMapper().readTree(result.out());
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + result, e);
        }
    }

    /** Bytes of the gateway's heap in use after a collection. */
    long heapAfterCollection() {
        jcmd("GC.run");
        Matcher used = Pattern.compile("used (\\d+)K").matcher(jcmd("GC.heap_info"));
        if (!used.find()) {
            throw new AssertionError("no heap figure from jcmd");
        }
        return Long.parseLong(used.group(1)) << 10;
    }

    private String jcmd(String command) {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        return Programs.run(List.of(jcmd.toString(), String.valueOf(pid()), command)).text();
    }

    /** Ends it at once, as a power cut would. */
    void killHard() {
        Process started = gateway;
        if (started != null) {
            started.destroyForcibly();
            wait(started);
        }
    }

    /** Ends it as Ctrl-C does and answers its exit status. */
    int interrupt() {
        Process started = gateway;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        Programs.run(List.of("kill", "-INT", String.valueOf(started.pid())));
        return wait(started);
    }

    private static int wait(Process process) {
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the gateway does not end");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        Process started = gateway;
        if (started != null && started.isAlive()) {
            started.destroy();
            wait(started);
        }
    }
}

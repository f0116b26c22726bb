// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.client.AdminClient;
import dev.postern.client.AdminProblem;
import dev.postern.runtime.boot.Gateway;
import dev.postern.runtime.boot.GatewayOptions;
import dev.postern.runtime.boot.GatewayProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A gateway for the person at this machine: own keys, one sandbox, one line to type. */
@Command(
        name = "quickstart",
        mixinStandardHelpOptions = true,
        description =
                "Starts a gateway on this machine's loopback with your own keys and a sandbox 'demo', and prints"
                        + " the ssh line to type. The sandbox is a directory of this host: it isolates nothing.")
final class QuickstartCommand implements Callable<Integer> {
    private static final String SANDBOX = "demo";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "SSH port on 127.0.0.1 (default: ${DEFAULT-VALUE}).")
    private int port = 2222;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description =
                    "Where keys, sandboxes and host keys are kept (default: $$POSTERN_STATE, else"
                            + " ~/.local/state/postern).")
    @Nullable
    private Path state;

    @Override
    public Integer call() throws InterruptedException {
        if (port < 1 || port > 65_535) {
            throw new ParameterException(
                    spec.commandLine(), "--port is " + port + ", expected 1 to 65535");
        }
        Path directory =
                prepare(
                        (state == null ? StateDirectory.usual() : state)
                                .toAbsolutePath()
                                .normalize());
        // Who may come in is settled before the door opens: a first run on a port nobody knows.
        try (Gateway gateway = Gateway.start(options(directory, 0))) {
            settle(directory, gateway);
        }
        GatewayProcess.serve(options(directory, port), gateway -> welcome(directory, gateway));
        return Exit.OK;
    }

    private GatewayOptions options(Path directory, int sshPort) {
        Path home =
                Home.directory()
                        .orElseThrow(() ->
                                new CliFailure(
                                        Exit.USAGE,
                                        "The installation is not known, expected to be started by its bin/postern"));
        return GatewayOptions.file(home.resolve("etc/profiles/quickstart.conf"))
                .with(
                        Map.of(
                                "postern.state-directory",
                                directory.toString(),
                                "postern.listeners.ssh.address",
                                "127.0.0.1:" + sshPort));
    }

    /** The gateway accepts; now make sure of the user, the keys and the sandbox, and say how to get in. */
    private void settle(Path directory, Gateway gateway) {
        welcome(directory, gateway, false);
    }

    private void welcome(Path directory, Gateway gateway) {
        welcome(directory, gateway, true);
    }

    private void welcome(Path directory, Gateway gateway, boolean tell) {
        URI address =
                gateway.adminAddress()
                        .orElseThrow(() ->
                                new CliFailure(
                                        Exit.USAGE, "The quickstart profile has no admin API"));
        try (AdminClient admin =
                new AdminClient(address, GatewayAccess.token(directory.resolve("admin.token")))) {
            Owner owner = new Owner(admin);
            owner.ensure();
            List<Path> keys = owner.addKeys(directory);
            owner.ensureSandbox(SANDBOX);
            if (tell) {
                print(directory, keys, writeKnownHosts(directory, admin));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Path prepare(Path directory) {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            return directory;
        } catch (IOException e) {
            throw new CliFailure(
                    Exit.REFUSED,
                    "Cannot use '"
                            + directory
                            + "' as state directory: "
                            + GatewayAccess.reason(e));
        }
    }

    private Path writeKnownHosts(Path directory, AdminClient admin) throws InterruptedException {
        StringBuilder lines = new StringBuilder();
        String host = port == 22 ? "127.0.0.1" : "[127.0.0.1]:" + port;
        for (JsonNode key : admin.get("/v1/host-keys").path("host_keys")) {
            lines.append(host).append(' ').append(key.path("public_key").asText()).append('\n');
        }
        Path file = directory.resolve("known_hosts");
        try {
            Files.writeString(file, lines);
            return file;
        } catch (IOException e) {
            throw new CliFailure(
                    Exit.REFUSED, "Cannot write '" + file + "': " + GatewayAccess.reason(e));
        }
    }

    private void print(Path directory, List<Path> keys, Path knownHosts) {
        List<String> line = new ArrayList<>(List.of("ssh"));
        if (port != 22) {
            line.addAll(List.of("-p", String.valueOf(port)));
        }
        if (keys.stream().noneMatch(PersonalKeys::triedByDefault)) {
            line.addAll(List.of("-i", ShellWords.quote(keys.getFirst().toString())));
        }
        line.addAll(
                List.of(
                        "-o",
                        ShellWords.quote("UserKnownHostsFile=" + knownHosts),
                        SANDBOX + "@127.0.0.1"));
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "The sandbox 'demo' is ready. It is a directory of this host and isolates nothing. Type:");
        out.println();
        out.println("  " + String.join(" ", line));
        out.println();
        out.println("State is kept in " + directory + ", Ctrl-C ends the gateway.");
        out.flush();
    }

    /** The one user of a quickstart gateway, and what is theirs. Everything may be there from an earlier start. */
    private final class Owner {
        private final AdminClient admin;
        private final String name;

        Owner(AdminClient admin) {
            this.admin = admin;
            String login = System.getProperty("user.name", "").toLowerCase(java.util.Locale.ROOT);
            this.name = login.matches("[a-z0-9][a-z0-9._-]{0,62}") ? login : "me";
        }

        void ensure() throws InterruptedException {
            unlessThere(() -> admin.post("/v1/users", Map.of("name", name)));
        }

        void ensureSandbox(String id) throws InterruptedException {
            unlessThere(() ->
                    admin.post(
                            "/v1/sandboxes", Map.of("id", id, "owner", name, "backend", "local")));
        }

        /** The private keys whose public halves now open the sandbox. */
        List<Path> addKeys(Path directory) throws InterruptedException {
            List<Path> added = new ArrayList<>();
            for (Path key : PersonalKeys.find(StateDirectory.home().resolve(".ssh"))) {
                if (add(key)) {
                    added.add(PersonalKeys.privateHalf(key));
                }
            }
            if (added.isEmpty()) {
                Path own = PersonalKeys.make(directory);
                if (!add(own)) {
                    throw new CliFailure(
                            Exit.REFUSED,
                            "The key '" + own + "' cannot be used, remove it and start again");
                }
                added.add(PersonalKeys.privateHalf(own));
            }
            return added;
        }

        private boolean add(Path file) throws InterruptedException {
            try {
                String key = Files.readString(file);
                String keyName = String.valueOf(file.getFileName()).replaceFirst("\\.pub$", "");
                unlessThere(() ->
                        admin.post(
                                "/v1/users/" + name + "/ssh-keys",
                                Map.of("name", keyName, "public_key", key)));
                return true;
            } catch (AdminProblem e) {
                spec.commandLine()
                        .getErr()
                        .println("postern: not using '" + file + "': " + e.getMessage());
                return false;
            } catch (IOException e) {
                spec.commandLine()
                        .getErr()
                        .println("postern: not using '" + file + "': " + GatewayAccess.reason(e));
                return false;
            }
        }

        private void unlessThere(Call call) throws InterruptedException {
            try {
                call.run();
            } catch (AdminProblem e) {
                if (e.status() != 409) {
                    throw e;
                }
            }
        }
    }

    private interface Call {
        void run() throws InterruptedException;
    }
}

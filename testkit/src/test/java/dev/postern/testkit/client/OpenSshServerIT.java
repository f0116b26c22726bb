// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.Capability;
import dev.postern.api.value.Endpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;

/** The kit against OpenSSH's own server: what the kit expects is what sshd does. */
@Tag("slow")
final class OpenSshServerIT extends ClientCompatibilityKit {
    private @Nullable Process server;
    private @Nullable Path directory;

    @Override
    protected SshTarget start() throws Exception {
        Path sshd = Path.of("/usr/sbin/sshd");
        Assumptions.assumeTrue(Files.isExecutable(sshd), "sshd is not installed");
        Path place = Files.createTempDirectory("postern-sshd-").toRealPath();
        directory = place;
        keygen(place.resolve("host"));
        keygen(place.resolve("id"));
        Files.copy(place.resolve("id.pub"), place.resolve("authorized_keys"));
        Files.createDirectories(Path.of("/run/sshd"));
        int port = Workbench.freePort();
        Path config =
                Files.writeString(
                        place.resolve("sshd_config"),
                        """
                        ListenAddress 127.0.0.1:%d
                        HostKey %s
                        AuthorizedKeysFile %s
                        StrictModes no
                        UsePAM no
                        PasswordAuthentication no
                        KbdInteractiveAuthentication no
                        PermitRootLogin prohibit-password
                        MaxSessions 100
                        MaxStartups 100
                        Subsystem sftp internal-sftp
                        PidFile none
                        """
                                .formatted(
                                        port,
                                        place.resolve("host"),
                                        place.resolve("authorized_keys")));
        server =
                new ProcessBuilder(sshd.toString(), "-D", "-e", "-f", config.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(place.resolve("log").toFile())
                        .start();
        Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> EchoTalk.listens(port));
        String[] key = Files.readString(place.resolve("host.pub")).split(" ");
        Path knownHosts =
                Files.writeString(
                        place.resolve("known_hosts"),
                        "[127.0.0.1]:" + port + " " + key[0] + " " + key[1] + "\n");
        // An sshd whose user is root refuses to send signals.
        Set<Capability> capabilities = EnumSet.complementOf(EnumSet.of(Capability.SIGNAL));
        return new SshTarget(
                new Endpoint("127.0.0.1", port),
                System.getProperty("user.name"),
                place.resolve("id"),
                knownHosts,
                capabilities,
                true,
                Optional.of(new Endpoint("127.0.0.1", port)));
    }

    private static void keygen(Path key) throws Exception {
        Process process =
                new ProcessBuilder(
                                List.of(
                                        "ssh-keygen",
                                        "-q",
                                        "-t",
                                        "ed25519",
                                        "-N",
                                        "",
                                        "-f",
                                        key.toString()))
                        .inheritIO()
                        .start();
        assertThat(process.waitFor()).isZero();
    }

    @Override
    protected void stop() throws Exception {
        if (server != null) {
            server.destroy();
            server.waitFor();
        }
        if (directory != null) {
            try (var files = Files.list(Objects.requireNonNull(directory))) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
    }
}

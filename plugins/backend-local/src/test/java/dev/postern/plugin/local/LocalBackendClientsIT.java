// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.Capability;
import dev.postern.keys.Ed25519KeyPair;
import dev.postern.testkit.client.ClientCompatibilityKit;
import dev.postern.testkit.client.SshTarget;
import dev.postern.testkit.gateway.EmbeddedGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The SSH clients that people use, in a sandbox of this host. */
@Tag("integration")
final class LocalBackendClientsIT extends ClientCompatibilityKit {
    @TempDir static Path directory;

    private @Nullable EmbeddedGateway gateway;

    @Override
    protected SshTarget start() throws Exception {
        Ed25519KeyPair key = Ed25519KeyPair.generate();
        EmbeddedGateway started =
                EmbeddedGateway.builder()
                        .plugin(new LocalPlugin())
                        .person("tester", key.publicKey())
                        .component("local", "type = local, forwards = true")
                        .backends("local")
                        .forwards()
                        .config("postern.ssh { max-channels = 250, rekey-bytes = 16 MiB }")
                        .start();
        gateway = started;
        return new SshTarget(
                started.ssh(),
                "demo",
                Files.writeString(directory.resolve("id"), key.privateKeyFile("tester")),
                Files.writeString(directory.resolve("known_hosts"), started.knownHosts()),
                EnumSet.complementOf(EnumSet.of(Capability.GUEST_USER, Capability.SFTP_STREAM)),
                true,
                Optional.of(started.ssh()));
    }

    @Override
    protected void stop() {
        Objects.requireNonNull(gateway).close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.testkit.contract.BackendSubject;
import dev.postern.testkit.contract.SessionBackendContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The backend with everything that it can do. */
class LocalBackendContractTest extends SessionBackendContract {
    @Override
    protected BackendSubject subject() throws IOException {
        Path directory = Files.createTempDirectory("postern-local-contract");
        LocalHarness local =
                new LocalHarness(directory, LocalHarness.settings(true, Optional.empty()));
        Path writable = Files.createDirectory(directory.resolve("writable"));
        return new BackendSubject() {
            @Override
            public SessionBackend backend() {
                return local.backend;
            }

            @Override
            public SandboxRef sandbox() {
                return LocalHarness.sandbox("demo");
            }

            @Override
            public Set<Capability> declared() {
                return EnumSet.of(
                        Capability.EXEC,
                        Capability.PTY,
                        Capability.RESIZE,
                        Capability.SIGNAL,
                        Capability.EXIT_SIGNAL,
                        Capability.STDIN_EOF,
                        Capability.ENVIRONMENT,
                        Capability.FILES,
                        Capability.DIAL_TCP,
                        Capability.DIAL_UNIX,
                        Capability.LISTEN_TCP,
                        Capability.LISTEN_UNIX);
            }

            @Override
            public boolean ownNetwork() {
                return false;
            }

            @Override
            public String writableDirectory() {
                return writable.toString();
            }

            @Override
            public void close() {
                local.close();
                local.provisioner.destroy(LocalHarness.sandbox("demo"));
                LocalHarness.delete(directory);
            }
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import static dev.postern.plugin.docker.DockerEngineExtension.BUSYBOX;
import static dev.postern.plugin.docker.DockerEngineExtension.docker;

import dev.postern.api.auth.Identity;
import dev.postern.api.backend.Capability;
import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.testkit.contract.BackendSubject;
import dev.postern.testkit.contract.SessionBackendContract;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract of backends against a real engine, for each kind of container that the agent must get along with. */
class DockerContractIT {
    @Nested
    @DisplayName("busybox, as root")
    @ExtendWith(DockerEngineExtension.class)
    class Busybox extends SessionBackendContract {
        @Override
        protected BackendSubject subject() {
            return new Subject(List.of(), Optional.empty());
        }
    }

    @Nested
    @DisplayName("a user of its own instead of root")
    @ExtendWith(DockerEngineExtension.class)
    class NonRoot extends SessionBackendContract {
        @Override
        protected BackendSubject subject() {
            return new Subject(List.of("--user", "1000:1000"), Optional.empty());
        }
    }

    @Nested
    @DisplayName("a read-only root with the agent mounted")
    @ExtendWith(DockerEngineExtension.class)
    class ReadOnlyRoot extends SessionBackendContract {
        @Override
        protected BackendSubject subject() {
            String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
            return new Subject(
                    List.of(
                            "--read-only",
                            "--tmpfs",
                            "/tmp",
                            "-v",
                            AgentBinaries.directory().resolve("postern-agent-linux-" + arch) + ":/.postern/agent:ro"),
                    Optional.empty());
        }
    }

    /** A container that runs until the subject is closed. */
    private static final class Subject implements BackendSubject {
        private final DockerComponent component;
        private final String container;
        private final Optional<String> user;

        Subject(List<String> options, Optional<String> user) {
            List<String> line = new ArrayList<>(List.of("run", "-d", "--init", "-l", "postern.sandbox=contract"));
            line.addAll(options);
            line.addAll(List.of(BUSYBOX, "sleep", "86400"));
            this.container = docker(line.toArray(String[]::new));
            this.user = user;
            DockerSettings s = DockerIT.settings();
            this.component = new DockerComponent(
                    "docker",
                    new DockerSettings(
                            s.engine(), s.timeout(), s.label(), s.accepts(), s.openAccess(), s.user(), s.hostNetwork(),
                            s.attach(), AgentMode.REQUIRED, AgentBinaries.directory(), s.agentPath()));
        }

        @Override
        public SessionBackend backend() {
            return component.sessionBackend().orElseThrow();
        }

        @Override
        public SandboxRef sandbox() {
            return ref(container);
        }

        @Override
        public Optional<SandboxRef> unreachable() {
            return Optional.of(ref("no-such-container"));
        }

        private static SandboxRef ref(String name) {
            return new SandboxRef("docker", "contract", "", "docker", Map.of(DockerBackend.CONTAINER, name));
        }

        @Override
        public Set<Capability> declared() {
            EnumSet<Capability> all = EnumSet.allOf(Capability.class);
            all.remove(Capability.FILES);
            return all;
        }

        @Override
        public ConnectionContext context() {
            return new ConnectionContext("contract", new Identity("keys", "contract"), user, Optional.empty());
        }

        @Override
        public Optional<Runnable> cut() {
            return Optional.of(() -> docker("kill", container));
        }

        @Override
        public void close() {
            component.close();
            docker("rm", "-f", container);
        }
    }
}

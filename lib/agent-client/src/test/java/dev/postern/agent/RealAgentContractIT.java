// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.testkit.contract.BackendSubject;
import dev.postern.testkit.contract.SessionBackendContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The contract of backends, held by the agent's own binary over the stdio of a process for each connection. */
class RealAgentContractIT extends SessionBackendContract {
    private static final String ID = "here";

    @Override
    protected BackendSubject subject() throws Exception {
        Optional<Path> binary = RealAgent.binary();
        assumeTrue(binary.isPresent(), "Go is not installed");
        return new Subject(binary.get());
    }

    private static SandboxRef ref(String id) {
        return new SandboxRef("test", id, "1", "agent", Map.of());
    }

    /** A backend whose sandbox is this machine. */
    private static final class Subject implements BackendSubject, SessionBackend {
        private final Path binary;
        private final ConcurrentLinkedQueue<Process> agents = new ConcurrentLinkedQueue<>();

        Subject(Path binary) {
            this.binary = binary;
        }

        @Override
        public SandboxConnection connect(SandboxRef sandbox, ConnectionContext context)
                throws InterruptedException {
            if (!sandbox.id().equals(ID)) {
                throw new PosternException(
                        RefusalCodes.BACKEND_CONNECT_FAILED,
                        "Sandbox is '" + sandbox.id() + "', expected '" + ID + "'");
            }
            Process agent;
            try {
                agent = RealAgent.overStdio(binary);
            } catch (IOException e) {
                throw new PosternException(
                        RefusalCodes.BACKEND_CONNECT_FAILED, "The agent could not be started", e);
            }
            agents.removeIf(process -> !process.isAlive());
            agents.add(agent);
            return AgentConnection.open(
                    RealAgent.stdio(agent),
                    AgentOptions.DEFAULT.withUser(context.guestUser().orElse("")));
        }

        @Override
        public SessionBackend backend() {
            return this;
        }

        @Override
        public SandboxRef sandbox() {
            return ref(ID);
        }

        @Override
        public Optional<SandboxRef> unreachable() {
            return Optional.of(ref("elsewhere"));
        }

        @Override
        public Set<Capability> declared() {
            EnumSet<Capability> all = EnumSet.allOf(Capability.class);
            all.remove(Capability.FILES);
            if (!"root".equals(System.getProperty("user.name"))) {
                all.remove(Capability.GUEST_USER);
            }
            return all;
        }

        @Override
        public Optional<Runnable> cut() {
            return Optional.of(() -> agents.forEach(Subject::crash));
        }

        /** As when a machine is gone: the agent, and what it started. */
        private static void crash(Process agent) {
            List<ProcessHandle> all = agent.descendants().toList();
            agent.destroyForcibly();
            all.forEach(ProcessHandle::destroyForcibly);
        }

        /** Nothing here is confined. */
        @Override
        public boolean ownNetwork() {
            return false;
        }

        @Override
        public void close() {
            agents.forEach(Process::destroy);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract.broken;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.backend.Destination;
import dev.postern.api.backend.DialResult;
import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.Loss;
import dev.postern.api.backend.Origin;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess.EndReason;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.backend.StartResult;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.sandbox.SandboxRef;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** The smallest backend that keeps the contract, on java.lang.Process; and the same with one defect. */
final class HostBackend implements SessionBackend {
    static final Set<Capability> DECLARED =
            EnumSet.of(Capability.EXEC, Capability.STDIN_EOF, Capability.ENVIRONMENT);

    private final Defect defect;
    private final Set<HostProcess> processes = ConcurrentHashMap.newKeySet();

    HostBackend(Defect defect) {
        this.defect = defect;
    }

    @Override
    public SandboxConnection connect(SandboxRef sandbox, ConnectionContext context) {
        if (!sandbox.id().equals("host")) {
            throw new PosternException(
                    RefusalCodes.BACKEND_CONNECT_FAILED, "No sandbox '" + sandbox.id() + "'");
        }
        if (defect == Defect.LEAKS_A_THREAD) {
            CountDownLatch never = new CountDownLatch(1);
            Thread.ofPlatform()
                    .daemon()
                    .name("leak")
                    .start(() -> {
                        try {
                            never.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
        }
        return new Connection();
    }

    void closeAll() {
        processes.forEach(process -> process.end(EndReason.KILL));
        processes.forEach(HostProcess::killSelf);
    }

    private final class Connection implements SandboxConnection {
        private final Set<HostProcess> own = ConcurrentHashMap.newKeySet();
        private volatile boolean closed;

        @Override
        public Set<Capability> capabilities() {
            EnumSet<Capability> all = EnumSet.copyOf(DECLARED);
            if (defect == Defect.DECLARES_TOO_MUCH) {
                all.add(Capability.SIGNAL);
            }
            return all;
        }

        @Override
        public StartResult start(ProcessSpec spec) {
            if (closed
                    || spec.pty().isPresent()
                    || spec.command() instanceof ProcessSpec.Subsystem) {
                return new StartResult.Failed(
                        RefusalCodes.BACKEND_CAPABILITY, "closed, or not declared");
            }
            HostProcess process = HostProcess.start(spec, defect);
            own.add(process);
            processes.add(process);
            return new StartResult.Started(process);
        }

        @Override
        public DialResult dial(Destination destination, Origin origin) {
            return new DialResult.NotPermitted("not declared");
        }

        @Override
        public ListenResult listen(ListenSpec spec) {
            return new ListenResult.NotPermitted("not declared");
        }

        @Override
        public void onLost(Consumer<Loss> listener) {}

        @Override
        public void close() {
            closed = true;
            own.forEach(process -> process.end(EndReason.HANGUP));
        }
    }
}

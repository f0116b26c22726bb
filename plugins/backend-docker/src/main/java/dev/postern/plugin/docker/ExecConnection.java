// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.Destination;
import dev.postern.api.backend.DialResult;
import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.Loss;
import dev.postern.api.backend.Origin;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.PtySpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess.EndReason;
import dev.postern.api.backend.StartResult;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The way into a container with nothing but the engine's exec. */
final class ExecConnection implements SandboxConnection {
    private static final Set<Capability> CAPABILITIES =
            Set.of(
                    Capability.EXEC,
                    Capability.PTY,
                    Capability.RESIZE,
                    Capability.STDIN_EOF,
                    Capability.ENVIRONMENT,
                    Capability.GUEST_USER);

    /** Looks like a login shell to the shell; the container's own is not known to the engine. */
    private static final String LOGIN = "exec \"${SHELL:-/bin/sh}\" -l";

    private final DockerEngine engine;
    private final String container;
    private final Optional<String> user;
    private final Set<ExecProcess> processes = ConcurrentHashMap.newKeySet();

    ExecConnection(DockerEngine engine, String container, Optional<String> user) {
        this.engine = engine;
        this.container = container;
        this.user = user;
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public StartResult start(ProcessSpec spec) {
        List<String> command =
                switch (spec.command()) {
                    case ProcessSpec.Shell shell -> List.of("/bin/sh", "-c", LOGIN);
                    case ProcessSpec.Exec exec -> List.of("/bin/sh", "-c", exec.line().text());
                    case ProcessSpec.Subsystem subsystem ->
                            throw new IllegalArgumentException(
                                    "Subsystems are not declared: " + subsystem.name());
                };
        Map<String, String> environment = new LinkedHashMap<>(spec.environment());
        spec.pty()
                .map(PtySpec::term)
                .filter(t -> !t.isEmpty())
                .ifPresent(t -> environment.put("TERM", t));
        boolean tty = spec.pty().isPresent();
        try {
            String exec =
                    engine.createExec(container, new ExecRequest(command, environment, user, tty));
            ExecProcess process = ExecProcess.start(engine, exec, tty, processes::remove);
            processes.add(process);
            if (process.exit().isDone()) {
                processes.remove(process);
            }
            spec.pty().ifPresent(pty -> process.resize(pty.size()));
            return new StartResult.Started(process);
        } catch (PosternException e) {
            return new StartResult.Failed(e.code(), String.valueOf(e.getMessage()));
        }
    }

    @Override
    public DialResult dial(Destination destination, Origin origin) {
        return new DialResult.Failed(
                RefusalCodes.BACKEND_CAPABILITY,
                "The engine's exec opens no connections, this needs the agent");
    }

    @Override
    public ListenResult listen(ListenSpec spec) {
        return new ListenResult.Failed(
                RefusalCodes.BACKEND_CAPABILITY,
                "The engine's exec has no listeners, this needs the agent");
    }

    @Override
    public void onLost(Consumer<Loss> listener) {
        // Every exec has a stream of its own; the loss of one is told by its exit.
    }

    @Override
    public void close() {
        processes.forEach(p -> p.end(EndReason.HANGUP));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.Destination;
import dev.postern.api.backend.DialResult;
import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.Loss;
import dev.postern.api.backend.Origin;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxFiles;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.StartResult;
import dev.postern.api.error.RefusalCodes;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The way into one sandbox on this host. It does not break by itself. */
final class LocalConnection implements SandboxConnection {
    private final ProcessStarter starter;
    private final Optional<SandboxFiles> files;
    private final Optional<Forwards> forwards;
    private final Set<Capability> capabilities;
    private final Set<LocalProcess> processes = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    LocalConnection(
            ProcessStarter starter, Optional<SandboxFiles> files, Optional<Forwards> forwards) {
        this.starter = starter;
        this.files = files;
        this.forwards = forwards;
        EnumSet<Capability> all =
                EnumSet.of(
                        Capability.EXEC,
                        Capability.PTY,
                        Capability.RESIZE,
                        Capability.SIGNAL,
                        Capability.EXIT_SIGNAL,
                        Capability.STDIN_EOF,
                        Capability.ENVIRONMENT);
        files.ifPresent(present -> all.add(Capability.FILES));
        forwards.ifPresent(present -> all.addAll(present.capabilities()));
        this.capabilities = Set.copyOf(all);
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public StartResult start(ProcessSpec spec) {
        if (closed) {
            return new StartResult.Failed(RefusalCodes.BACKEND_LOST, "The connection is closed");
        }
        StartResult result = starter.start(spec, processes::remove);
        if (result instanceof StartResult.Started(LocalProcess process)) {
            processes.add(process);
            if (closed) {
                process.end(SandboxProcess.EndReason.HANGUP);
            }
        }
        return result;
    }

    @Override
    public DialResult dial(Destination destination, Origin origin) throws InterruptedException {
        return forwards.isPresent()
                ? forwards.get().dial(destination)
                : new DialResult.NotPermitted("Forwards are off in the settings of this component");
    }

    @Override
    public ListenResult listen(ListenSpec spec) throws InterruptedException {
        return forwards.isPresent()
                ? forwards.get().listen(spec)
                : new ListenResult.NotPermitted(
                        "Forwards are off in the settings of this component");
    }

    @Override
    public Optional<SandboxFiles> files() {
        return files;
    }

    @Override
    public void onLost(Consumer<Loss> listener) {
        // Nothing lies between the gateway and its own host that could break.
    }

    @Override
    public void close() {
        closed = true;
        forwards.ifPresent(Forwards::close);
        processes.forEach(process -> process.end(SandboxProcess.EndReason.HANGUP));
    }
}

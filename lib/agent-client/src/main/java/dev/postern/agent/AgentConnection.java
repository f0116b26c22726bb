// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.Destination;
import dev.postern.api.backend.DialResult;
import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.Loss;
import dev.postern.api.backend.Origin;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.StartResult;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The way into a sandbox through its guest agent, over any byte stream. Any thread; streams are non-blocking, so no
 * thread waits for one of them.
 */
public final class AgentConnection implements SandboxConnection {
    private final AgentLink link;
    private final AgentOptions options;
    private final AgentProcesses processes;
    private final AgentSockets sockets;
    private final Set<Capability> capabilities;

    private AgentConnection(AgentLink link, AgentOptions options, Hello hello) {
        this.link = link;
        this.options = options;
        this.processes = new AgentProcesses(link, options);
        this.sockets = new AgentSockets(link, options);
        this.capabilities = AgentCapabilities.of(hello.capabilities());
    }

    /**
     * Says hello over a transport and waits for the agent's. The connection owns the transport from here on, also when
     * this fails.
     *
     * @throws PosternException with a code of {@link AgentCodes} or {@code backend.lost}
     */
    public static AgentConnection open(AgentTransport transport, AgentOptions options)
            throws InterruptedException {
        AgentLink link = new AgentLink(transport, options);
        return new AgentConnection(link, options, link.start());
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public StartResult start(ProcessSpec spec) throws InterruptedException {
        return processes.start(spec);
    }

    @Override
    public DialResult dial(Destination destination, Origin origin) throws InterruptedException {
        return sockets.dial(destination, origin);
    }

    @Override
    public ListenResult listen(ListenSpec spec) throws InterruptedException {
        return sockets.listen(spec);
    }

    @Override
    public void onLost(Consumer<Loss> listener) {
        link.onLost(listener);
    }

    @Override
    public void close() {
        link.close(
                new Loss(
                        RefusalCodes.BACKEND_LOST,
                        "the gateway closed the connection with the agent"));
    }

    @Override
    public String toString() {
        return "AgentConnection[user=" + options.user() + ", " + link + "]";
    }
}

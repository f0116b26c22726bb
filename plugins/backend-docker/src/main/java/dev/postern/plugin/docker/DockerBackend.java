// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.agent.AgentConnection;
import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.error.PosternException;
import dev.postern.api.sandbox.SandboxRef;
import java.util.List;
import java.util.Optional;

/** Reaches into containers: through our agent where it can be put there, else through the engine's exec. */
final class DockerBackend implements SessionBackend {
    /** The attribute of a ref that names the container, by id or name. */
    static final String CONTAINER = "container";

    private final DockerSettings settings;
    private final DockerEngine engine;
    private final AgentLauncher launcher;

    DockerBackend(DockerSettings settings, DockerEngine engine) {
        this.settings = settings;
        this.engine = engine;
        this.launcher = new AgentLauncher(settings, engine);
    }

    @Override
    public SandboxConnection connect(SandboxRef sandbox, ConnectionContext context)
            throws InterruptedException {
        Container container = find(sandbox);
        Optional<String> user = context.guestUser().or(settings::user);
        if (settings.agent() != AgentMode.OFF) {
            Optional<AgentConnection> agent = launcher.launch(container, user);
            if (agent.isPresent()) {
                return agent.get();
            }
            if (settings.agent() == AgentMode.REQUIRED) {
                throw new PosternException(
                        DockerCodes.AGENT,
                        "Container '"
                                + container.name()
                                + "' does not take the agent; for a read-only root mount it at '"
                                + settings.agentPath()
                                + "'");
            }
        }
        return new ExecConnection(engine, container.id(), user);
    }

    private Container find(SandboxRef sandbox) {
        String name =
                Optional.ofNullable(sandbox.attributes().get(CONTAINER))
                        .orElseThrow(() ->
                                new PosternException(
                                        DockerCodes.NO_CONTAINER,
                                        "Sandbox '"
                                                + sandbox.id()
                                                + "' has no attribute '"
                                                + CONTAINER
                                                + "', expected a container's id or name"));
        Container container =
                engine.inspect(name)
                        .orElseThrow(() ->
                                new PosternException(
                                        DockerCodes.NO_CONTAINER,
                                        "There is no container for sandbox '"
                                                + sandbox.id()
                                                + "'"));
        if (!container.labels().containsKey(settings.label())
                && !allowed(container, settings.attach())) {
            throw new PosternException(
                    DockerCodes.NOT_ALLOWED,
                    "Container '"
                            + container.name()
                            + "' has no label '"
                            + settings.label()
                            + "' and is not in 'attach', expected one of the two");
        }
        if (container.hostNetwork() && !settings.hostNetwork()) {
            throw new PosternException(
                    DockerCodes.HOST_NETWORK,
                    "Container '"
                            + container.name()
                            + "' shares the host's network, expected host-network = true to allow that");
        }
        if (!container.running()) {
            throw new PosternException(
                    DockerCodes.STATE,
                    "Container '"
                            + container.name()
                            + "' is "
                            + container.state()
                            + ", expected it to run");
        }
        return container;
    }

    /** Names of containers, {@code *} at the end for a prefix. */
    private static boolean allowed(Container container, List<String> patterns) {
        return patterns.stream()
                .anyMatch(p ->
                        p.endsWith("*")
                                ? container.name().startsWith(p.substring(0, p.length() - 1))
                                : container.name().equals(p));
    }
}

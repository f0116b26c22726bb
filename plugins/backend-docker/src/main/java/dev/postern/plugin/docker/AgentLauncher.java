// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.agent.AgentConnection;
import dev.postern.agent.AgentOptions;
import dev.postern.agent.AgentTransport;
import dev.postern.api.error.PosternException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the agent in a container, as the user that the session runs as, and speaks with it over one exec's stdio. */
final class AgentLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(AgentLauncher.class);

    private final DockerSettings settings;
    private final DockerEngine engine;
    private final AgentDelivery delivery;

    AgentLauncher(DockerSettings settings, DockerEngine engine) {
        this.settings = settings;
        this.engine = engine;
        this.delivery = new AgentDelivery(settings, engine);
    }

    /**
     * Starts it.
     *
     * @return empty if the container does not take it
     * @throws InterruptedException if nobody waits any more
     */
    Optional<AgentConnection> launch(Container container, Optional<String> user)
            throws InterruptedException {
        if (container.readOnlyRoot()) {
            return open(container, settings.agentPath(), user);
        }
        Optional<AgentConnection> put = launchDelivered(container, user);
        if (put.isPresent()) {
            return put;
        }
        delivery.forget(container);
        return open(container, settings.agentPath(), user);
    }

    private Optional<AgentConnection> launchDelivered(Container container, Optional<String> user)
            throws InterruptedException {
        String path;
        try {
            path = delivery.deliver(container);
        } catch (PosternException e) {
            if (e.code().equals(DockerCodes.ENGINE_UNREACHABLE)) {
                throw e;
            }
            LOG.atDebug()
                    .addKeyValue("container", container.name())
                    .addKeyValue("reason", e.getMessage())
                    .log("The agent cannot be put into the container");
            return Optional.empty();
        }
        return open(container, path, user);
    }

    private Optional<AgentConnection> open(Container container, String path, Optional<String> user)
            throws InterruptedException {
        HijackedStream stream;
        try {
            String exec =
                    engine.createExec(
                            container.id(), new ExecRequest(List.of(path), Map.of(), user, false));
            stream = HijackedStream.start(engine.address(), exec, false);
        } catch (PosternException e) {
            if (e.code().equals(DockerCodes.ENGINE_UNREACHABLE)) {
                throw e;
            }
            return Optional.empty();
        }
        AgentTransport transport =
                AgentTransport.of(new AgentInput(stream.in()), stream.out(), false, stream::close);
        try {
            return Optional.of(AgentConnection.open(transport, AgentOptions.DEFAULT));
        } catch (PosternException e) {
            transport.close();
            LOG.atDebug()
                    .addKeyValue("container", container.name())
                    .addKeyValue("reason", e.getMessage())
                    .log("The agent does not answer");
            return Optional.empty();
        } catch (InterruptedException e) {
            transport.close();
            throw e;
        }
    }
}

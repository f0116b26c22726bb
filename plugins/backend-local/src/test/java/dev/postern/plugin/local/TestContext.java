// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.event.Events;
import dev.postern.api.event.LiveConnections;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.GatewayInfo;
import dev.postern.api.plugin.PluginContext;
import dev.postern.api.sandbox.SandboxAccess;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import javax.sql.DataSource;

/** What this component uses of a gateway: a directory and a clock. */
record TestContext(Path stateDirectory) implements PluginContext {
    @Override
    public DataSource database(String name) {
        throw new UnsupportedOperationException(name);
    }

    @Override
    public InstantSource clock() {
        return InstantSource.system();
    }

    @Override
    public MeterRegistry meters() {
        return new SimpleMeterRegistry();
    }

    @Override
    public GatewayInfo gateway() {
        throw new UnsupportedOperationException("gateway");
    }

    @Override
    public Component component(String name) {
        throw new UnsupportedOperationException(name);
    }

    @Override
    public SandboxAccess access(String route) {
        throw new UnsupportedOperationException(route);
    }

    @Override
    public Events events() {
        throw new UnsupportedOperationException("events");
    }

    @Override
    public LiveConnections connections() {
        throw new UnsupportedOperationException("connections");
    }
}

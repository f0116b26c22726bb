// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import dev.postern.api.error.ConfigException;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.event.Events;
import dev.postern.api.event.LiveConnections;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.GatewayInfo;
import dev.postern.api.plugin.PluginContext;
import dev.postern.api.sandbox.SandboxAccess;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * What the gateway gives one component.
 *
 * @param name the component's name
 * @param services what all components share
 * @param components the others
 */
public record ComponentContext(String name, Services services, Components components)
        implements PluginContext {
    private static final RefusalCode STATE = RefusalCode.external("gateway.state-not-writable");

    /**
     * What all components share.
     *
     * @param databases by name; throws {@link ConfigException} for an unknown one
     * @param stateDirectory the gateway's
     * @param clock wall-clock time
     * @param meters where meters go
     * @param gateway about the gateway
     * @param access by route
     * @param events publishes and hears events
     * @param connections the authenticated connections
     */
    public record Services(
            Function<String, DataSource> databases,
            Path stateDirectory,
            InstantSource clock,
            MeterRegistry meters,
            GatewayInfo gateway,
            Function<String, SandboxAccess> access,
            Events events,
            LiveConnections connections) {}

    @Override
    public DataSource database(String database) {
        return asGateway(() -> services.databases().apply(database));
    }

    @Override
    public Path stateDirectory() {
        Path directory = services.stateDirectory().resolve("components").resolve(name);
        try {
            return Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new PosternException(
                    STATE,
                    "State directory '" + directory + "' cannot be made: " + e.getMessage(),
                    e);
        }
    }

    @Override
    public InstantSource clock() {
        return services.clock();
    }

    @Override
    public MeterRegistry meters() {
        return services.meters();
    }

    @Override
    public GatewayInfo gateway() {
        return services.gateway();
    }

    @Override
    public Component component(String other) {
        return components.component(other);
    }

    @Override
    public SandboxAccess access(String route) {
        return services.access().apply(route);
    }

    @Override
    public Events events() {
        return services.events();
    }

    @Override
    public LiveConnections connections() {
        return services.connections();
    }

    /** Threads that a pool starts must not keep the plugin's class loader. */
    private static <T> T asGateway(Supplier<T> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ComponentContext.class.getClassLoader());
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.plugin;

import dev.postern.api.error.ConfigException;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.event.Events;
import dev.postern.api.event.LiveConnections;
import dev.postern.api.key.SshPublicKey;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.GatewayInfo;
import dev.postern.api.plugin.PluginContext;
import dev.postern.api.sandbox.Resolution;
import dev.postern.api.sandbox.SandboxAccess;
import dev.postern.api.value.Endpoint;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * What a component is given in its tests: one database of any name, a clock that stands still, events in that database, and
 * the components and routes that the test names. Set up on one thread.
 */
public final class TestContext implements PluginContext {
    private final DataSource source;
    private final Path stateDirectory;
    private final TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final StoredEvents events;
    private final Map<String, Component> components = new HashMap<>();
    private final Map<String, SandboxAccess> access = new HashMap<>();
    private final Map<String, Endpoint> endpoints = new HashMap<>();
    private final Map<String, List<String>> routes = new HashMap<>();

    /** A context over a database. */
    public TestContext(DataSource source, Path stateDirectory) {
        this.source = source;
        this.stateDirectory = stateDirectory;
        this.events = new StoredEvents(source);
    }

    /** Adds another component. */
    public TestContext with(String name, Component component) {
        components.put(name, component);
        return this;
    }

    /** Adds a route, with the resolver that it uses and where clients reach it. */
    public TestContext withRoute(String route, String resolver, Endpoint endpoint) {
        routes.computeIfAbsent(resolver, _ -> new ArrayList<>()).add(route);
        endpoints.put(route, endpoint);
        return this;
    }

    /** Says who may open what through a route. */
    public TestContext withAccess(String route, SandboxAccess answers) {
        access.put(route, answers);
        return this;
    }

    @Override
    public DataSource database(String name) {
        return source;
    }

    @Override
    public Path stateDirectory() {
        return stateDirectory;
    }

    @Override
    public TestClock clock() {
        return clock;
    }

    @Override
    public MeterRegistry meters() {
        return meters;
    }

    @Override
    public GatewayInfo gateway() {
        return new Gateway();
    }

    @Override
    public Component component(String name) {
        Component component = components.get(name);
        if (component == null) {
            throw new ConfigException("There is no component '" + name + "'");
        }
        return component;
    }

    @Override
    public SandboxAccess access(String route) {
        return (identities, sandbox) -> {
            SandboxAccess answers = access.get(route);
            return answers == null ? new Resolution.NotFound() : answers.check(identities, sandbox);
        };
    }

    @Override
    public Events events() {
        return events;
    }

    /** What was published and committed, each as its {@code toString}. */
    public List<String> committedEvents() {
        return events.committed();
    }

    @Override
    public LiveConnections connections() {
        return new NoConnections();
    }

    private final class Gateway implements GatewayInfo {
        @Override
        public String id() {
            return "gateway-1";
        }

        @Override
        public Optional<String> region() {
            return Optional.empty();
        }

        @Override
        public Optional<Endpoint> sshEndpoint(String route) {
            return Optional.ofNullable(endpoints.get(route));
        }

        @Override
        public List<String> routesOf(String resolver) {
            return routes.getOrDefault(resolver, List.of());
        }

        @Override
        public List<SshPublicKey> hostKeys() {
            return List.of();
        }
    }

    private static final class NoConnections implements LiveConnections {
        @Override
        public List<LiveConnection> list() {
            return List.of();
        }

        @Override
        public int end(Predicate<LiveConnection> which, RefusalCode reason) {
            return 0;
        }
    }
}

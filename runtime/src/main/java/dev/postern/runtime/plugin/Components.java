// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import dev.postern.api.auth.Authenticator;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.error.ConfigException;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.Facet;
import dev.postern.api.plugin.PluginContext;
import dev.postern.api.sandbox.ResumeHook;
import dev.postern.api.sandbox.SandboxResolver;
import dev.postern.runtime.config.ComponentSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The components of a gateway, made in the order in which they need each other and closed in the reverse order. Any
 * thread.
 */
public final class Components implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Components.class);

    private final Map<String, ComponentSettings> settings;
    private final Map<String, Plugins.Offered> offered;
    private final BiFunction<Components, String, PluginContext> contexts;
    private final ReentrantLock making = new ReentrantLock();
    private final Set<String> beingMade = new LinkedHashSet<>();
    private final List<String> order = new ArrayList<>();
    private final ConcurrentHashMap<String, Component> made = new ConcurrentHashMap<>();

    /**
     * Components that are not made yet.
     *
     * @param settings by name
     * @param offered the types that plugins offer
     * @param contexts makes the context of a component by name
     */
    public Components(
            Map<String, ComponentSettings> settings,
            Map<String, Plugins.Offered> offered,
            BiFunction<Components, String, PluginContext> contexts) {
        this.settings = new LinkedHashMap<>(settings);
        this.offered = Map.copyOf(offered);
        this.contexts = contexts;
    }

    /**
     * Makes those that are not made yet.
     *
     * @throws ConfigException if two need each other, or one cannot work
     */
    public void makeAll() {
        settings.keySet().forEach(this::component);
    }

    /**
     * The component of that name; made now if it is not yet.
     *
     * @throws ConfigException if there is none, or it is just being made because of the one that asks
     */
    public Component component(String name) {
        Component existing = made.get(name);
        return existing == null ? make(name) : existing;
    }

    private Component make(String name) {
        ComponentSettings wanted = settings.get(name);
        Plugins.Offered type = wanted == null ? null : offered.get(wanted.type());
        if (wanted == null || type == null) {
            throw new ConfigException(
                    "Component '"
                            + name
                            + "' does not exist, expected one of "
                            + String.join(", ", settings.keySet()));
        }
        making.lock();
        try {
            Component meanwhile = made.get(name);
            if (meanwhile != null) {
                return meanwhile;
            }
            if (!beingMade.add(name)) {
                throw new ConfigException(
                        "Components need each other in a circle: "
                                + String.join(" -> ", beingMade)
                                + " -> "
                                + name);
            }
            try {
                Component component =
                        type.factory().create(name, wanted.reader(), contexts.apply(this, name));
                made.put(name, component);
                order.add(name);
                return component;
            } finally {
                beingMade.remove(name);
            }
        } finally {
            making.unlock();
        }
    }

    /** The names in the order of the configuration. */
    public List<String> names() {
        return List.copyOf(settings.keySet());
    }

    /** What a component's type can be used for. */
    public Set<Facet> facets(String name) {
        return factoryOf(name).map(it -> it.factory().facets()).orElse(Set.of());
    }

    /** The type's factory and plugin. */
    public Optional<Plugins.Offered> factoryOf(String name) {
        return Optional.ofNullable(settings.get(name)).map(it -> offered.get(it.type()));
    }

    /** The authenticator of a component. */
    public Authenticator authenticator(String name) {
        return facet(name, Facet.AUTHENTICATOR, Component::authenticator);
    }

    /** The resolver of a component. */
    public SandboxResolver resolver(String name) {
        return facet(name, Facet.SANDBOX_RESOLVER, Component::sandboxResolver);
    }

    /** The resume hook of a component. */
    public ResumeHook resumeHook(String name) {
        return facet(name, Facet.RESUME_HOOK, Component::resumeHook);
    }

    /** The backend of a component. */
    public SessionBackend backend(String name) {
        return facet(name, Facet.SESSION_BACKEND, Component::sessionBackend);
    }

    /**
     * A facet that the configuration asks for.
     *
     * @throws ConfigException if the component does not have it, although its type may
     */
    public <T> T facet(String name, Facet facet, Function<Component, Optional<T>> get) {
        return get.apply(component(name))
                .orElseThrow(() ->
                        new ConfigException(
                                "Component '"
                                        + name
                                        + "' has no "
                                        + facet.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                                        + " as it is configured"));
    }

    /** That facet of every component whose type declares it and which has it, by component. */
    public <T> Map<String, T> all(Facet facet, Function<Component, Optional<T>> get) {
        Map<String, T> found = new LinkedHashMap<>();
        for (String name : settings.keySet()) {
            if (facets(name).contains(facet)) {
                get.apply(component(name)).ifPresent(it -> found.put(name, it));
            }
        }
        return found;
    }

    @Override
    public void close() {
        making.lock();
        try {
            for (String name : order.reversed()) {
                Component component = made.get(name);
                try {
                    if (component != null) {
                        component.close();
                    }
                } catch (Exception e) {
                    LOG.atWarn()
                            .addKeyValue("component", name)
                            .setCause(e)
                            .log("Component did not close");
                }
            }
            order.clear();
        } finally {
            making.unlock();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import com.typesafe.config.ConfigValue;
import dev.postern.api.config.ConfigProblem;
import dev.postern.api.config.ConfigReader;
import dev.postern.api.plugin.Facet;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Checks that every name which one section gives of another exists, and can do what it is named for. */
final class References {
    private final GatewaySettings settings;
    private final Map<String, ComponentType> types;

    /** Sections that are written but broken; a name that leads to one is not wrong as well. */
    private final Map<String, Set<String>> written;

    private final Problems problems;

    References(
            GatewaySettings settings,
            Map<String, ComponentType> types,
            Map<String, Set<String>> written,
            Problems problems) {
        this.settings = settings;
        this.types = types;
        this.written = written;
        this.problems = problems;
    }

    void check() {
        settings.listeners().forEach(this::listener);
        settings.routes().forEach(this::route);
        settings.components().forEach(this::component);
        addresses();
    }

    private void listener(String name, ListenerSettings listener) {
        String path = "postern.listeners." + name;
        known(path + ".route", listener.route(), "routes", "route");
        listener.component().ifPresent(it -> facet(path + ".component", it, Facet.LISTENER));
    }

    private void route(String name, RouteSettings route) {
        String path = "postern.routes." + name;
        route.authenticators()
                .forEach(it -> facet(path + ".authenticators", it, Facet.AUTHENTICATOR));
        facet(path + ".resolver", route.resolver(), Facet.SANDBOX_RESOLVER);
        route.resume().forEach(it -> facet(path + ".resume", it, Facet.RESUME_HOOK));
        route.backends().forEach(it -> facet(path + ".backends", it, Facet.SESSION_BACKEND));
        known(path + ".policy", route.policy(), "policies", "policy");
    }

    /** By convention of all plugins, {@code database} names one of postern.databases. */
    private void component(String name, ComponentSettings component) {
        ConfigValue value = component.section().root().get("database");
        if (value != null && value.unwrapped() instanceof String database) {
            known("postern.components." + name + ".database", database, "databases", "database");
        }
    }

    private void facet(String path, String component, Facet facet) {
        if (!known(path, component, "components", "component")) {
            return;
        }
        ComponentSettings named = settings.components().get(component);
        ComponentType type = named == null ? null : types.get(named.type());
        if (type != null && !type.facets().contains(facet)) {
            TreeSet<String> able = new TreeSet<>();
            settings.components()
                    .forEach((name, other) -> {
                        ComponentType it = types.get(other.type());
                        if (it != null && it.facets().contains(facet)) {
                            able.add(name);
                        }
                    });
            problem(
                    path,
                    "is '"
                            + component
                            + "', which is of type "
                            + type.name()
                            + " and has no "
                            + text(facet)
                            + ", expected "
                            + (able.isEmpty()
                                    ? "a component that has one"
                                    : "one of " + String.join(", ", able)));
        }
    }

    private boolean known(String path, String name, String kind, String noun) {
        Set<String> names = written.getOrDefault(kind, Set.of());
        if (name.isEmpty() || names.contains(name)) {
            return !name.isEmpty();
        }
        Optional<String> near = ConfigReader.nearest(name, names);
        problem(
                path,
                "is '"
                        + name
                        + "', which is no "
                        + noun
                        + " of this configuration"
                        + near.map(it -> ", did you mean '" + it + "'?")
                                .orElse(
                                        names.isEmpty()
                                                ? ", which has none"
                                                : ", expected one of "
                                                        + String.join(", ", new TreeSet<>(names))));
        return false;
    }

    /** Two parts that bind the same port would fail at start, one of them after the other is up. */
    private void addresses() {
        Map<InetSocketAddress, String> taken = new HashMap<>();
        settings.admin()
                .address()
                .filter(it -> it.getPort() != 0)
                .ifPresent(it -> taken.put(it, "postern.admin.address"));
        settings.listeners()
                .forEach((name, listener) ->
                        listener.address()
                                .filter(it -> it.getPort() != 0)
                                .ifPresent(it -> {
                                    String path = "postern.listeners." + name + ".address";
                                    String other = taken.putIfAbsent(it, path);
                                    if (other != null) {
                                        problem(
                                                path,
                                                "is the same as that of "
                                                        + other
                                                        + ", expected another port");
                                    }
                                }));
    }

    private void problem(String path, String message) {
        problems.add(new ConfigProblem(path, message, Optional.empty()));
    }

    static String text(Facet facet) {
        return facet.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The kinds of sections that others name. */
    static List<String> kinds() {
        return List.of("databases", "components", "routes", "policies");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import dev.postern.api.plugin.Health;
import dev.postern.runtime.admin.Readiness;
import dev.postern.runtime.config.GatewaySettings;
import dev.postern.runtime.config.RouteSettings;
import dev.postern.runtime.plugin.Components;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Ready while the gateway is open to all and at least one route can work. */
final class GatewayReadiness implements Readiness {
    private final GatewaySettings settings;
    private final Components components;
    private volatile Optional<String> closed = Optional.of("The gateway starts");

    GatewayReadiness(GatewaySettings settings, Components components) {
        this.settings = settings;
        this.components = components;
    }

    /** Every listener accepts. */
    void open() {
        closed = Optional.empty();
    }

    /** Nobody new is wanted. */
    void close(String why) {
        closed = Optional.of(why);
    }

    @Override
    public List<String> problems() {
        if (closed.isPresent()) {
            return List.of(closed.get());
        }
        if (settings.listeners().isEmpty()) {
            return List.of("There is no listener");
        }
        List<String> problems = new ArrayList<>();
        for (var route : settings.routes().entrySet()) {
            Optional<String> problem = problem(route.getValue());
            if (problem.isEmpty()) {
                return List.of();
            }
            problems.add("Route '" + route.getKey() + "' cannot work: " + problem.get());
        }
        return problems.isEmpty() ? List.of("There is no route") : problems;
    }

    private Optional<String> problem(RouteSettings route) {
        return anyUp(route.authenticators())
                .or(() -> anyUp(List.of(route.resolver())))
                .or(() -> anyUp(route.backends()));
    }

    /** Nothing if one of them is up, else what the first says. */
    private Optional<String> anyUp(List<String> names) {
        Optional<String> first = Optional.empty();
        for (String name : names) {
            Health health = health(name);
            if (health.up()) {
                return Optional.empty();
            }
            if (first.isEmpty()) {
                first = Optional.of("component '" + name + "': " + health.message());
            }
        }
        return first;
    }

    private Health health(String name) {
        try {
            return components.component(name).health();
        } catch (RuntimeException e) {
            return Health.down(String.valueOf(e.getMessage()));
        }
    }
}

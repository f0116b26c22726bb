// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import dev.postern.api.sandbox.SandboxAccess;
import dev.postern.api.sandbox.SandboxRequest;
import dev.postern.runtime.config.GatewaySettings;
import dev.postern.runtime.config.PolicySettings;
import dev.postern.runtime.config.RouteSettings;
import dev.postern.runtime.plugin.Components;
import dev.postern.runtime.session.Route;
import dev.postern.runtime.session.Route.NamedAuthenticator;
import dev.postern.runtime.session.Route.NamedHook;
import dev.postern.runtime.session.Route.NamedResolver;
import dev.postern.runtime.session.Routes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The routes in force; empty until the components are made. */
final class LiveRoutes implements Routes {
    private volatile Map<String, Route> routes = Map.of();

    /** Puts routes in force, with their components looked up. */
    void use(GatewaySettings settings, Components components) {
        Map<String, Route> all = new LinkedHashMap<>();
        settings.routes()
                .forEach((name, route) -> all.put(name, route(name, route, settings, components)));
        routes = Map.copyOf(all);
    }

    private static Route route(
            String name, RouteSettings route, GatewaySettings settings, Components components) {
        PolicySettings policy = settings.policies().get(route.policy());
        if (policy == null) {
            throw new NoSuchElementException("policy " + route.policy());
        }
        return new Route(
                name,
                route.authenticators().stream()
                        .map(it ->
                                new NamedAuthenticator(
                                        it,
                                        components
                                                .factoryOf(it)
                                                .map(type -> type.factory().offerForms())
                                                .orElse(Set.of()),
                                        components.authenticator(it)))
                        .toList(),
                new NamedResolver(route.resolver(), components.resolver(route.resolver())),
                route.resume().stream()
                        .map(it -> new NamedHook(it, components.resumeHook(it)))
                        .toList(),
                route.backends().stream()
                        .distinct()
                        .collect(Collectors.toMap(it -> it, components::backend)),
                route.loginName(),
                policy,
                route.resumeTimeout());
    }

    @Override
    public Route route(String name) {
        Route route = routes.get(name);
        if (route == null) {
            throw new NoSuchElementException("There is no route '" + name + "'");
        }
        return route;
    }

    /** Asks a route's resolver without a connection; the route is looked up when it is asked. */
    SandboxAccess access(String name) {
        return (identities, sandbox) ->
                route(name)
                        .resolver()
                        .resolver()
                        .resolve(
                                new SandboxRequest(
                                        "access",
                                        name,
                                        Optional.of(sandbox),
                                        identities,
                                        Optional.empty(),
                                        Optional.empty()));
    }
}

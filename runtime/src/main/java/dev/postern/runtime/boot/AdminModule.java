// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.Facet;
import dev.postern.runtime.admin.AdminApi;
import dev.postern.runtime.admin.AdminRoutes;
import dev.postern.runtime.admin.DrainRoutes;
import dev.postern.runtime.admin.ExplainRoute;
import dev.postern.runtime.admin.Probes;
import dev.postern.runtime.admin.TokenStore;
import dev.postern.runtime.audit.AuditLog;
import dev.postern.runtime.config.GatewaySettings;
import dev.postern.runtime.metrics.Scrape;
import dev.postern.runtime.plugin.Components;
import dev.postern.runtime.session.LiveSet;
import dev.postern.runtime.session.Routes;
import dev.postern.runtime.ssh.SshEngine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The admin API: its tokens, its routes and those of the components. */
final class AdminModule extends AbstractModule {
    @Provides
    @Singleton
    TokenStore tokens(GatewayDatabases databases, InstantSource clock) {
        TokenStore tokens = new TokenStore(databases.own(), clock);
        tokens.migrate();
        return tokens;
    }

    @Provides
    @Singleton
    GatewayReadiness readiness(GatewaySettings settings, Components components) {
        return new GatewayReadiness(settings, components);
    }

    @Provides
    @Singleton
    Probes probes(GatewaySettings settings, GatewayReadiness readiness, Scrape scrape) {
        return new Probes(
                readiness,
                settings.admin().metricsAnonymous() ? Optional.of(scrape) : Optional.empty());
    }

    @Provides
    @Singleton
    AdminApi api(
            GatewaySettings settings,
            TokenStore tokens,
            AuditLog audit,
            LiveSet live,
            ThisGateway gateway,
            Routes routes,
            Components components,
            Scrape scrape,
            InstantSource clock,
            SshEngine engine,
            GatewayReadiness readiness) {
        List<ApiRoute> more =
                new ArrayList<>(
                        new DrainRoutes(
                                        gateway,
                                        engine::connections,
                                        () -> drain(readiness, engine))
                                .all());
        components
                .all(Facet.API_ROUTES, (Component it) -> Optional.of(it.apiRoutes()))
                .values()
                .forEach(more::addAll);
        List<ApiRoute> all =
                AdminRoutes.all(
                        tokens,
                        live,
                        gateway,
                        List.copyOf(settings.routes().keySet()),
                        new ExplainRoute(settings.listeners(), routes, clock).route(),
                        scrape,
                        more);
        return new AdminApi(all, tokens, audit);
    }

    private static void drain(GatewayReadiness readiness, SshEngine engine) {
        readiness.close("The gateway drains");
        try {
            engine.drain(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.postern.runtime.config.GatewaySettings;
import dev.postern.runtime.plugin.ComponentContext;
import dev.postern.runtime.plugin.Components;
import dev.postern.runtime.plugin.Plugins;
import dev.postern.runtime.session.LiveSet;
import dev.postern.runtime.session.Routes;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;

/** The components, and the routes that are made of them. */
final class PluginModule extends AbstractModule {
    @Override
    protected void configure() {
        bind(LiveRoutes.class).toInstance(new LiveRoutes());
        bind(Routes.class).to(LiveRoutes.class);
    }

    @Provides
    @Singleton
    Components components(
            GatewaySettings settings,
            Plugins plugins,
            GatewayDatabases databases,
            InstantSource clock,
            MeterRegistry meters,
            ThisGateway gateway,
            LiveRoutes routes,
            LocalEvents events,
            LiveSet live,
            Lifecycle lifecycle) {
        ComponentContext.Services services =
                new ComponentContext.Services(
                        databases::database,
                        settings.stateDirectory(),
                        clock,
                        meters,
                        gateway,
                        routes::access,
                        events,
                        live);
        return lifecycle.started(
                "components",
                new Components(
                        settings.components(),
                        plugins.offered(),
                        (all, name) -> new ComponentContext(name, services, all)));
    }
}

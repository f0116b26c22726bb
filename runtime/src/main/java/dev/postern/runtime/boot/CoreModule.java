// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.postern.runtime.config.GatewaySettings;
import dev.postern.runtime.metrics.Meters;
import dev.postern.runtime.metrics.Scrape;
import dev.postern.runtime.plugin.Plugins;
import dev.postern.runtime.session.EngineMeters;
import dev.postern.runtime.session.LiveSet;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.InstantSource;

/** What is there before anything starts: settings, plugins, meters, clock; and the live set with its events. */
final class CoreModule extends AbstractModule {
    private final Lifecycle lifecycle;
    private final GatewaySettings settings;
    private final Plugins plugins;
    private final PrometheusMeterRegistry registry;
    private final Meters meters;

    CoreModule(
            Lifecycle lifecycle,
            GatewaySettings settings,
            Plugins plugins,
            PrometheusMeterRegistry registry,
            Meters meters) {
        this.lifecycle = lifecycle;
        this.settings = settings;
        this.plugins = plugins;
        this.registry = registry;
        this.meters = meters;
    }

    @Override
    protected void configure() {
        bind(Lifecycle.class).toInstance(lifecycle);
        bind(GatewaySettings.class).toInstance(settings);
        bind(Plugins.class).toInstance(plugins);
        bind(MeterRegistry.class).toInstance(registry);
        bind(Meters.class).toInstance(meters);
        bind(EngineMeters.class).toInstance(meters);
        bind(InstantSource.class).toInstance(InstantSource.system());
        bind(StateFiles.class).toInstance(new StateFiles(settings.stateDirectory()));
    }

    @Provides
    @Singleton
    Scrape scrape() {
        return lifecycle.started("metrics", new Scrape(registry));
    }

    @Provides
    @Singleton
    LiveSet live() {
        LiveSet live = new LiveSet();
        meters.watchSessions(() -> live.list().size());
        return live;
    }

    @Provides
    @Singleton
    LocalEvents events(LiveSet live) {
        return lifecycle.started("events", new LocalEvents(live::on));
    }

    @Provides
    @Singleton
    GatewayDatabases databases() {
        return lifecycle.started("databases", new GatewayDatabases(settings));
    }
}

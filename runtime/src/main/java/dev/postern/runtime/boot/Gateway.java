// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import com.google.inject.CreationException;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.ProvisionException;
import com.google.inject.Stage;
import dev.postern.api.error.PosternException;
import dev.postern.api.event.LiveConnections;
import dev.postern.api.listener.ListenerHandler;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.GatewayInfo;
import dev.postern.runtime.config.GatewaySettings;
import dev.postern.runtime.metrics.Meters;
import dev.postern.runtime.plugin.Components;
import dev.postern.runtime.session.LiveSet;
import dev.postern.runtime.ssh.SshEngine;
import dev.postern.runtime.ssh.crypto.Algorithms;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway that runs. Any thread. */
public final class Gateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private final GatewaySettings settings;
    private final Lifecycle lifecycle;
    private final Injector injector;
    private final StartSequence.Running running;

    private Gateway(
            GatewaySettings settings,
            Lifecycle lifecycle,
            Injector injector,
            StartSequence.Running running) {
        this.settings = settings;
        this.lifecycle = lifecycle;
        this.injector = injector;
        this.running = running;
    }

    /**
     * Starts a gateway; when this returns, every listener accepts. If anything fails, what was started is stopped again.
     *
     * @throws dev.postern.api.error.ConfigException if the configuration cannot work, with every problem
     * @throws PosternException if something else is in the way, such as a port that is taken; the message is for people
     */
    public static Gateway start(GatewayOptions options) {
        long begin = System.nanoTime();
        Lifecycle lifecycle = new Lifecycle();
        try {
            PrometheusMeterRegistry registry =
                    new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            Meters meters = new Meters(registry);
            CheckedConfig checked =
                    lifecycle.started("plugins", CheckedConfig.open(options, meters));
            GatewaySettings settings = checked.settings();
            StateDirectory.prepare(settings.stateDirectory());
            Injector injector =
                    Guice.createInjector(
                            Stage.DEVELOPMENT,
                            new StrictModule(),
                            new CoreModule(
                                    lifecycle, settings, checked.plugins(), registry, meters),
                            new AuditModule(),
                            new PluginModule(),
                            new SshModule(settings),
                            new AdminModule());
            StartSequence.Running running = injector.getInstance(StartSequence.class).run();
            Gateway gateway = new Gateway(settings, lifecycle, injector, running);
            gateway.logStart(begin);
            return gateway;
        } catch (ProvisionException | CreationException e) {
            RuntimeException real = real(e);
            stop(lifecycle, real);
            throw real;
        } catch (RuntimeException | Error e) {
            stop(lifecycle, e);
            throw e;
        }
    }

    private static void stop(Lifecycle lifecycle, Throwable failure) {
        try {
            lifecycle.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** What a provider threw, without what Guice says around it. */
    private static RuntimeException real(RuntimeException wrapped) {
        for (Throwable cause = wrapped; cause != null; cause = cause.getCause()) {
            if (cause instanceof PosternException known) {
                return known;
            }
        }
        return wrapped;
    }

    private void logStart(long begin) {
        LOG.atInfo()
                .addKeyValue("listeners", addresses())
                .addKeyValue("admin", running.admin().map(URI::toString).orElse("none"))
                .addKeyValue("state", settings.stateDirectory())
                .addKeyValue("components", settings.components().size())
                .addKeyValue("chacha20", injector.getInstance(Algorithms.class).chachaEngine())
                .addKeyValue("millis", Duration.ofNanos(System.nanoTime() - begin).toMillis())
                .log("Gateway started");
    }

    private String addresses() {
        StringBuilder text = new StringBuilder();
        running.listeners()
                .forEach((name, address) ->
                        text.append(text.isEmpty() ? "" : ",")
                                .append(name)
                                .append('@')
                                .append(StateFiles.text(address)));
        return text.toString();
    }

    /** Where the admin API answers, if there is one. */
    public Optional<URI> adminAddress() {
        return running.admin();
    }

    /** What the TCP listeners are bound to, by name. */
    public Map<String, InetSocketAddress> listeners() {
        return running.listeners();
    }

    /** What others may know of the gateway. */
    public GatewayInfo info() {
        return injector.getInstance(ThisGateway.class);
    }

    /** The authenticated connections. */
    public LiveConnections connections() {
        return injector.getInstance(LiveSet.class);
    }

    /** The settings that it runs with. */
    public GatewaySettings settings() {
        return settings;
    }

    /** Where its state is; {@code admin.token} in it is the first token. */
    public Path stateDirectory() {
        return settings.stateDirectory();
    }

    /**
     * A component.
     *
     * @throws dev.postern.api.error.ConfigException if there is none of that name
     */
    public Component component(String name) {
        return injector.getInstance(Components.class).component(name);
    }

    /**
     * The gateway's side of a transport that the caller provides, such as one in memory.
     *
     * @param listener what logs and meters call it
     * @param route name of the route
     * @param sandbox the only sandbox that it serves
     * @throws NoSuchElementException if there is no such route
     */
    public ListenerHandler handler(String listener, String route, Optional<String> sandbox) {
        injector.getInstance(LiveRoutes.class).route(route);
        return injector.getInstance(SshEngine.class).handler(listener, route, sandbox);
    }

    /**
     * Turns readiness red, lets nobody in any more, and waits for those who are in.
     *
     * @param patience longest wait
     * @return whether all have gone
     */
    public boolean drain(Duration patience) throws InterruptedException {
        injector.getInstance(GatewayReadiness.class).close("The gateway drains");
        LOG.atInfo().addKeyValue("patience", patience).log("Gateway drains");
        return injector.getInstance(SshEngine.class).drain(patience);
    }

    /** Ends every connection and stops everything, in the reverse order of the start. Idempotent. */
    @Override
    public void close() {
        injector.getInstance(GatewayReadiness.class).close("The gateway stops");
        lifecycle.close();
        LOG.atInfo().log("Gateway stopped");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import com.google.inject.Inject;
import com.google.inject.Provider;
import dev.postern.api.audit.AuditSink;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.event.SessionObserver;
import dev.postern.api.listener.ListenerProvider;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.Facet;
import dev.postern.runtime.admin.AdminApi;
import dev.postern.runtime.admin.AdminServer;
import dev.postern.runtime.admin.Probes;
import dev.postern.runtime.admin.TokenStore;
import dev.postern.runtime.audit.QueuedAuditLog;
import dev.postern.runtime.config.GatewaySettings;
import dev.postern.runtime.config.ListenerSettings;
import dev.postern.runtime.plugin.Components;
import dev.postern.runtime.session.LiveSet;
import dev.postern.runtime.ssh.SshEngine;
import dev.postern.runtime.ssh.TcpListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Starts the parts in their order. The last to come up are the listeners: who gets in finds everything there. Each part is
 * remembered when it is up, and the reverse is the order of the end.
 */
final class StartSequence {
    private static final RefusalCode BIND_FAILED = RefusalCode.external("listener.bind-failed");

    private final GatewaySettings settings;
    private final Lifecycle lifecycle;
    private final Components components;
    private final LiveRoutes routes;
    private final QueuedAuditLog audit;
    private final LiveSet live;
    private final ThisGateway gateway;
    private final SshEngine engine;
    private final Provider<AdminApi> api;
    private final Probes probes;
    private final TokenStore tokens;
    private final StateFiles files;
    private final GatewayReadiness readiness;

    /** Where the gateway can be reached. */
    record Running(Optional<URI> admin, Map<String, InetSocketAddress> listeners) {}

    @Inject
    StartSequence(
            GatewaySettings settings,
            Lifecycle lifecycle,
            Components components,
            LiveRoutes routes,
            QueuedAuditLog audit,
            LiveSet live,
            ThisGateway gateway,
            SshEngine engine,
            Provider<AdminApi> api,
            Probes probes,
            TokenStore tokens,
            StateFiles files,
            GatewayReadiness readiness) {
        this.settings = settings;
        this.lifecycle = lifecycle;
        this.components = components;
        this.routes = routes;
        this.audit = audit;
        this.live = live;
        this.gateway = gateway;
        this.engine = engine;
        this.api = api;
        this.probes = probes;
        this.tokens = tokens;
        this.files = files;
        this.readiness = readiness;
    }

    Running run() {
        components.makeAll();
        routes.use(settings, components);
        components
                .all(Facet.AUDIT_SINK, Component::auditSink)
                .forEach((String name, AuditSink it) -> audit.add(name, it));
        // Closed before the components, whose sinks it feeds; what is closed twice does nothing the
        // second time.
        lifecycle.started("audit", audit);
        components
                .all(Facet.SESSION_OBSERVER, Component::sessionObserver)
                .forEach((String name, SessionObserver it) -> observe(name, it));
        // Closed before those, so that they hear of every end.
        lifecycle.started("connections", engine);
        Map<String, InetSocketAddress> listeners = new LinkedHashMap<>();
        settings.listeners()
                .forEach((name, listener) ->
                        listen(name, listener).ifPresent(address -> listeners.put(name, address)));
        listeners.forEach(gateway::bound);
        Optional<URI> admin = settings.admin().address().map(this::admin);
        lifecycle.started("state file", files.running(gateway.id(), admin, listeners));
        readiness.open();
        return new Running(admin, Collections.unmodifiableMap(listeners));
    }

    private void observe(String name, SessionObserver observer) {
        live.addListener(
                lifecycle.started(
                        "observer " + name,
                        new SessionObservers(name, observer, live, settings.activityInterval())));
    }

    private URI admin(InetSocketAddress address) {
        files.firstToken(tokens);
        return lifecycle
                .started("admin", AdminServer.start(address, settings.admin(), api.get(), probes))
                .address();
    }

    private Optional<InetSocketAddress> listen(String name, ListenerSettings listener) {
        if (listener.component().isPresent()) {
            String component = listener.component().get();
            ListenerProvider provider =
                    components.facet(component, Facet.LISTENER, Component::listenerProvider);
            lifecycle.started(
                    "listener " + name,
                    provider.listen(engine.handler(name, listener.route(), listener.sandbox())));
            return Optional.empty();
        }
        InetSocketAddress address = listener.address().orElseThrow();
        try {
            TcpListener bound =
                    lifecycle.started(
                            "listener " + name,
                            engine.listen(name, address, listener.route(), listener.sandbox()));
            return Optional.of(bound.address());
        } catch (IOException e) {
            throw new PosternException(
                    BIND_FAILED,
                    "postern.listeners."
                            + name
                            + ".address is '"
                            + StateFiles.text(address)
                            + "', which cannot be bound: "
                            + reason(e)
                            + "; expected a free address of this host",
                    e);
        }
    }

    private static String reason(IOException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import dev.postern.api.key.SshPublicKey;
import dev.postern.api.plugin.GatewayInfo;
import dev.postern.api.value.Endpoint;
import dev.postern.runtime.config.GatewaySettings;
import dev.postern.runtime.config.ListenerSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What others may know of this gateway. */
final class ThisGateway implements GatewayInfo {
    private final String id = UUID.randomUUID().toString();
    private final GatewaySettings settings;
    private final Supplier<List<SshPublicKey>> hostKeys;
    private final Map<String, InetSocketAddress> bound = new ConcurrentHashMap<>();

    ThisGateway(GatewaySettings settings, Supplier<List<SshPublicKey>> hostKeys) {
        this.settings = settings;
        this.hostKeys = hostKeys;
    }

    /** Says what a listener is bound to, when it is. */
    void bound(String listener, InetSocketAddress address) {
        bound.put(listener, address);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Optional<String> region() {
        return settings.region();
    }

    @Override
    public Optional<Endpoint> sshEndpoint(String route) {
        return settings.listeners().entrySet().stream()
                .filter(it -> it.getValue().route().equals(route))
                .flatMap(it -> endpoint(it.getKey(), it.getValue()).stream())
                .findFirst();
    }

    private Optional<Endpoint> endpoint(String name, ListenerSettings listener) {
        return listener.advertised()
                .or(() ->
                        Optional.ofNullable(bound.get(name))
                                .or(listener::address)
                                .filter(it -> it.getPort() != 0)
                                .map(it -> new Endpoint(host(it.getAddress()), it.getPort())));
    }

    /** A wildcard is no address to connect to; the host's name is the best guess where nothing is advertised. */
    private static String host(InetAddress address) {
        if (!address.isAnyLocalAddress()) {
            return address.getHostAddress();
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    @Override
    public List<String> routesOf(String resolver) {
        return settings.routes().entrySet().stream()
                .filter(it -> it.getValue().resolver().equals(resolver))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public List<SshPublicKey> hostKeys() {
        return hostKeys.get();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The environment variables of one session: the client's where policy lets them through, and the gateway's own. */
final class ProcessEnvironment {
    private static final int MOST = 256;

    private final SessionScope scope;
    private final Map<String, String> fromClient = new LinkedHashMap<>();
    private final Map<String, String> fromGateway = new HashMap<>();

    ProcessEnvironment(SessionScope scope) {
        this.scope = scope;
    }

    /** Takes a variable of the client's; false if policy does not let it through. */
    boolean offer(String name, String value) {
        boolean wellFormed =
                !name.isEmpty()
                        && name.indexOf('=') < 0
                        && name.indexOf('\0') < 0
                        && value.indexOf('\0') < 0;
        if (!wellFormed || !scope.login().rights().environment(name) || fromClient.size() >= MOST) {
            return false;
        }
        fromClient.put(name, value);
        return true;
    }

    /** Sets a variable of the gateway's own. */
    void set(String name, String value) {
        fromGateway.put(name, value);
    }

    /** Everything; the gateway's variables win. */
    Map<String, String> all() {
        Map<String, String> all = new HashMap<>(fromClient);
        all.putAll(scope.login().rights().fixedEnvironment());
        all.put("SSH_CLIENT", client() + " " + port(scope.info().local()));
        all.put(
                "SSH_CONNECTION",
                client() + " " + host(scope.info().local()) + " " + port(scope.info().local()));
        all.putAll(fromGateway);
        return all;
    }

    private String client() {
        Optional<InetSocketAddress> address = scope.info().client().address();
        return host(address) + " " + port(address);
    }

    /** What sshd says where there is no socket. */
    private static String host(Optional<InetSocketAddress> address) {
        return address.map(it ->
                        it.getAddress() == null
                                ? it.getHostString()
                                : it.getAddress().getHostAddress())
                .orElse("UNKNOWN");
    }

    private static String port(Optional<InetSocketAddress> address) {
        return String.valueOf(address.map(InetSocketAddress::getPort).orElse(65_535));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.plugin;

import dev.postern.api.key.SshPublicKey;
import dev.postern.api.value.Endpoint;
import java.util.List;
import java.util.Optional;

/** What a component may tell others about the gateway. */
public interface GatewayInfo {
    /** This gateway's id among those that share a database; new at every start. */
    String id();

    /** The region it serves, where configured. */
    Optional<String> region();

    /** Where clients reach a route by SSH: the advertised endpoint of its first listener; empty if it has none. */
    Optional<Endpoint> sshEndpoint(String route);

    /** Routes whose resolver is the named component, in the config's order. */
    List<String> routesOf(String resolver);

    /** The public host keys that clients may see, with those announced for a rotation. */
    List<SshPublicKey> hostKeys();
}

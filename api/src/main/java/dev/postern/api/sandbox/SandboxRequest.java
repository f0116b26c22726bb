// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.sandbox;

import dev.postern.api.auth.Identity;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * The question to a resolver.
 *
 * @param connectionId the gateway's id of the connection, for logs
 * @param route name of the route
 * @param sandbox the sandbox asked for, as it was written; validate it before it becomes part of a path or a query;
 *     empty where only the credential can tell
 * @param identities who asks; the resolver picks the one that acts
 * @param guestUser the user inside that was asked for
 * @param clientAddress the true client's address
 */
public record SandboxRequest(
        String connectionId,
        String route,
        Optional<String> sandbox,
        List<Identity> identities,
        Optional<String> guestUser,
        Optional<InetSocketAddress> clientAddress) {
    public SandboxRequest {
        identities = List.copyOf(identities);
    }
}

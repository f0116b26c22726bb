// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.auth;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What is known about a connection while it authenticates.
 *
 * @param connectionId the gateway's id of the connection, for logs
 * @param route name of the route
 * @param listener name of the listener
 * @param loginName the SSH user name; redacted where the route says {@code login-name = token}
 * @param sandbox the sandbox asked for, where user name, listener, host name or path already name one
 * @param guestUser the user inside the sandbox, where the user name means that
 * @param clientAddress the true client's address; empty where the transport has none (stdio, in memory)
 */
public record AuthContext(
        String connectionId,
        String route,
        String listener,
        String loginName,
        Optional<String> sandbox,
        Optional<String> guestUser,
        Optional<InetSocketAddress> clientAddress) {}

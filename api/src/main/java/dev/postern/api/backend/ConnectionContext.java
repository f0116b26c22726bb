// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import dev.postern.api.auth.Identity;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * For whom a sandbox connection is opened.
 *
 * @param connectionId the gateway's id of the SSH connection, for logs
 * @param actor who acts
 * @param guestUser the user inside to run as; empty for the sandbox's default
 * @param clientAddress the true client's address
 */
public record ConnectionContext(
        String connectionId,
        Identity actor,
        Optional<String> guestUser,
        Optional<InetSocketAddress> clientAddress) {}

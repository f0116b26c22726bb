// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.listener.ClientInfo;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What is known of a connection when it comes in.
 *
 * @param id the gateway's id of it
 * @param route the route in force then; a reload does not touch it
 * @param listener name of the listener, and the only sandbox that it serves
 * @param client who it is
 * @param local our end, where there is one
 */
public record ConnectionInfo(
        String id,
        Route route,
        Route.ListenerRef listener,
        ClientInfo client,
        Optional<InetSocketAddress> local) {}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.listener;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What a transport knows about a client.
 *
 * @param address the true client's address, after any proxy that is trusted; empty where there is none
 * @param transport short name for logs and metrics, such as {@code websocket}
 * @param sandbox the sandbox that host name, path or header names
 */
public record ClientInfo(
        Optional<InetSocketAddress> address, String transport, Optional<String> sandbox) {}

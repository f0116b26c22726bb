// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import dev.postern.api.value.Endpoint;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A TCP or plugin listener as it stands under {@code postern.listeners}.
 *
 * @param type {@code tcp}, or {@code component} for a listener that a component provides
 * @param address what to bind, for TCP; port 0 lets the system choose
 * @param component the component, for type {@code component}
 * @param advertised what clients are told to connect to; the bound address if empty
 * @param route name under {@code postern.routes}
 * @param sandbox the only sandbox of this listener
 */
public record ListenerSettings(
        String type,
        Optional<InetSocketAddress> address,
        Optional<String> component,
        Optional<Endpoint> advertised,
        String route,
        Optional<String> sandbox) {}

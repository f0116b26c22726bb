// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The admin API, {@code postern.admin}.
 *
 * @param address what it binds; empty for no admin API
 * @param metricsAnonymous whether {@code /metrics} needs no token
 * @param tls certificate and key
 */
public record AdminSettings(
        Optional<InetSocketAddress> address, boolean metricsAnonymous, Optional<Tls> tls) {
    /**
     * TLS.
     *
     * @param certificate PEM file with the certificate and its chain
     * @param key PEM file with the private key
     */
    public record Tls(Path certificate, Path key) {}
}

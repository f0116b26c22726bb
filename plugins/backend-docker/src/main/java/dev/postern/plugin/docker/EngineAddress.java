// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import java.nio.file.Path;
import java.util.Optional;

/** Where a Docker Engine listens. */
sealed interface EngineAddress {
    /** A Unix socket. */
    record Unix(Path path) implements EngineAddress {
        @Override
        public String toString() {
            return "unix://" + path;
        }
    }

    /**
     * A TCP port.
     *
     * @param certificates folder with ca.pem, cert.pem and key.pem; plain TCP without
     */
    record Tcp(String host, int port, Optional<Path> certificates) implements EngineAddress {
        @Override
        public String toString() {
            return "tcp://" + host + ":" + port;
        }
    }

    /** Parses {@code unix:///path} or {@code tcp://host:port}. */
    static EngineAddress parse(String text, Optional<Path> certificates) {
        if (text.startsWith("unix:///")) {
            return new Unix(Path.of(text.substring("unix://".length())));
        }
        if (text.startsWith("tcp://")) {
            int colon = text.lastIndexOf(':');
            String host = colon > 5 ? text.substring(6, colon) : "";
            try {
                int port = Integer.parseInt(text.substring(colon + 1));
                if (!host.isEmpty() && port > 0 && port < 65_536) {
                    return new Tcp(host, port, certificates);
                }
            } catch (NumberFormatException e) {
                // Said below, with the form that is expected.
            }
        }
        throw new IllegalArgumentException("expected unix:///path/docker.sock or tcp://host:port");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.value;

/**
 * A host and a TCP port as a person would type them.
 *
 * @param host a DNS name or an address literal, without brackets
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) {
    public Endpoint {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("Endpoint host is empty");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(
                    "Endpoint port is " + port + ", expected 1 to 65535");
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}

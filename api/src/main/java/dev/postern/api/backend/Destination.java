// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

/** Where a connection from inside a sandbox goes, or what a listener inside it is bound to. */
public sealed interface Destination {
    /**
     * A TCP port; the name is resolved inside the sandbox.
     *
     * @param host a name or an address literal as the client wrote it
     * @param port 0 to 65535; 0 only to listen
     */
    record Tcp(String host, int port) implements Destination {
        @Override
        public String toString() {
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * A Unix socket.
     *
     * @param path inside the sandbox
     */
    record Unix(String path) implements Destination {
        @Override
        public String toString() {
            return path;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import java.util.function.Consumer;

/**
 * A listener inside a sandbox.
 *
 * @param kind what to bind
 * @param acceptor called for every connection, on any thread; it must not block; it owns the connection
 */
public record ListenSpec(Kind kind, Consumer<Incoming> acceptor) {
    /** What to bind. */
    public sealed interface Kind {}

    /**
     * A TCP port (RFC 4254 section 7.1). An empty host means all addresses, {@code localhost} the loopback addresses.
     *
     * @param host address to bind, as the client wrote it
     * @param port 0 to let the sandbox choose
     */
    public record Tcp(String host, int port) implements Kind {}

    /**
     * A Unix socket at a path inside the sandbox.
     *
     * @param path where; an existing file is not replaced
     */
    public record Unix(String path) implements Kind {}

    /**
     * A fresh Unix socket in a directory only the session's user may enter, mode 0600, for agent forwarding. Its path is
     * the listener's {@code bound}.
     */
    public record PrivateSocket() implements Kind {}

    /** A TCP port on the loopback address from 6000 + 10 upwards, the first that is free, for X11 forwarding. */
    public record X11Display() implements Kind {}

    /**
     * A connection that came in.
     *
     * @param stream the connection
     * @param origin where it began
     */
    public record Incoming(DuplexStream stream, Origin origin) {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import java.net.InetSocketAddress;

/** A bound TCP listener. */
public interface TcpListener extends AutoCloseable {
    /** What it is bound to, with the port that the system chose. */
    InetSocketAddress address();

    /** Stops accepting; connections that came in go on. Idempotent, any thread. */
    @Override
    void close();
}

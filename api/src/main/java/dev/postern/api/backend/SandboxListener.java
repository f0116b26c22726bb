// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

/** A listener inside a sandbox. */
public interface SandboxListener extends AutoCloseable {
    /** What it is bound to, with the port that the sandbox chose. */
    Destination bound();

    /** Stops listening and removes a socket file; connections that it accepted go on. Idempotent, any thread. */
    @Override
    void close();
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import dev.postern.api.sandbox.SandboxRef;

/**
 * Reaches the inside of sandboxes.
 *
 * <p>Called by the gateway on virtual threads, any number at once; it may block. Lives as long as its component.
 */
public interface SessionBackend {
    /**
     * Opens the way into a sandbox for one SSH connection, at its first channel or tcpip-forward. The sandbox runs.
     *
     * @param sandbox which; a ref whose attributes this backend's settings do not allow is refused
     * @param context for whom
     * @return the connection, closed by the gateway when the SSH connection ends
     * @throws InterruptedException if the client has gone meanwhile
     * @throws dev.postern.api.error.PosternException if it cannot be reached, with the code that the client will see
     */
    SandboxConnection connect(SandboxRef sandbox, ConnectionContext context)
            throws InterruptedException;
}

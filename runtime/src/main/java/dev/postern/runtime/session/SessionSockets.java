// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import java.util.function.BiConsumer;

/** The sockets inside a sandbox that a session may ask for; they live as long as its channel. */
public interface SessionSockets {
    /**
     * A socket that leads to the client's agent. Blocks.
     *
     * @param environment takes the variable that names it
     * @return false if the sandbox has no such socket
     */
    boolean agent(BiConsumer<String, String> environment) throws InterruptedException;

    /**
     * A display that leads to the client's. Blocks.
     *
     * @param environment takes the variable that names it
     * @return false if the sandbox has no such display
     */
    boolean x11(SessionRequest.X11 request, BiConsumer<String, String> environment)
            throws InterruptedException;

    /** Closes them. Idempotent; does not block. */
    void close();
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.listener;

/** Accepts connections over a transport of its own and hands their bytes to the gateway. */
public interface ListenerProvider {
    /**
     * Begins to accept. Called once at start, on a thread that may block until the address is bound.
     *
     * @param handler the gateway's side
     * @return stops accepting when closed; connections that were handed over go on
     */
    AutoCloseable listen(ListenerHandler handler);
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.listener;

import dev.postern.api.backend.Destination;
import dev.postern.api.backend.DuplexStream;
import dev.postern.api.error.RefusalCode;

/** The gateway's side of a listener. Any thread; {@link #relay} may block. */
public interface ListenerHandler {
    /** Whether a new connection may come in now: limits and penalties. Ask before spending anything on it. */
    Admission admit(ClientInfo client);

    /**
     * Hands over a byte stream that carries SSH. The gateway owns it from now on and closes it; returns at once.
     *
     * @param stream the connection
     * @param client who it is
     * @param closed run once when the gateway has closed it
     */
    void serve(DuplexStream stream, ClientInfo client, Runnable closed);

    /**
     * Opens a connection to a destination inside the sandbox that {@code client} names, for a transport whose peer was
     * admitted by a token of its own: resolves, resumes, connects.
     *
     * @throws InterruptedException if the peer has gone meanwhile
     */
    RelayResult relay(ClientInfo client, Destination destination) throws InterruptedException;

    /** Whether a connection may come in. */
    sealed interface Admission {}

    /** It may. */
    record Admitted() implements Admission {}

    /**
     * It may not.
     *
     * @param code the stable code
     */
    record Rejected(RefusalCode code) implements Admission {}

    /** What became of a relay. */
    sealed interface RelayResult {}

    /** It stands; the transport owns and closes it. */
    record Relayed(DuplexStream stream) implements RelayResult {}

    /**
     * It was refused.
     *
     * @param code the stable code
     * @param message one sentence that may be shown
     */
    record RelayRefused(RefusalCode code, String message) implements RelayResult {}
}

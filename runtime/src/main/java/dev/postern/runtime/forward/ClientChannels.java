// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.forward;

import dev.postern.api.backend.Origin;
import dev.postern.runtime.session.ChannelHandler;
import dev.postern.runtime.session.ChannelPort;
import java.util.function.Consumer;
import java.util.function.Function;

/** Asks the client to open channels. */
public interface ClientChannels {
    /**
     * Asks; returns at once.
     *
     * @param kind which channel
     * @param opened called when the client has opened it, on a thread that must not be blocked; makes its handler
     * @param refused called with the client's reason when it has not
     */
    void open(Kind kind, Function<ChannelPort, ChannelHandler> opened, Consumer<String> refused);

    /** The channels that a server opens. */
    sealed interface Kind {}

    /**
     * {@code forwarded-tcpip}.
     *
     * @param host as the client asked to bind
     * @param port that was bound
     * @param origin who connected
     */
    record ForwardedTcp(String host, int port, Origin origin) implements Kind {}

    /** {@code forwarded-streamlocal@openssh.com}. */
    record ForwardedSocket(String path) implements Kind {}

    /** {@code auth-agent@openssh.com}. */
    record Agent() implements Kind {}

    /** {@code x11}. */
    record X11(Origin origin) implements Kind {}
}

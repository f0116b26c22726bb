// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.backend.SandboxProcess.EndReason;
import java.util.function.Consumer;

/** What is behind a channel. Calls come on the thread that decodes, or on one that ends the connection; none may block. */
public interface ChannelHandler {
    /** A request; {@code reply} takes the answer, once, from any thread, in order. */
    void request(SessionRequest request, Consumer<Boolean> reply);

    /**
     * The client has closed the channel.
     *
     * @return whether nothing is left to say; if not, the handler closes the channel itself
     */
    boolean closedByPeer();

    /** The connection ends, or its sandbox was lost or killed. */
    void end(EndReason reason);

    /** Nothing yet. */
    ChannelHandler NONE =
            new ChannelHandler() {
                @Override
                public void request(SessionRequest request, Consumer<Boolean> reply) {
                    reply.accept(false);
                }

                @Override
                public boolean closedByPeer() {
                    return true;
                }

                @Override
                public void end(EndReason reason) {}
            };
}

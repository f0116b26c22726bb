// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;

/**
 * The bytes to and from an agent. One thread reads, another writes; {@link #close} comes from any thread and must end
 * both.
 */
public interface AgentTransport extends AutoCloseable {
    /** From the agent. */
    InputStream in();

    /** To the agent; unbuffered, or flushed after every write. */
    OutputStream out();

    /** Whether a blocked read or write may hold the carrier of a virtual thread; then platform threads are used. */
    boolean mayHoldCarrier();

    /** Ends a blocked read and write. Idempotent, does not block. */
    @Override
    void close();

    /** Over a connected channel in blocking mode, such as a Unix socket's. */
    static AgentTransport of(SocketChannel channel) {
        return new StreamTransport(
                new StreamTransport.ChannelInput(channel),
                new StreamTransport.ChannelOutput(channel),
                false,
                channel::close);
    }

    /**
     * Over two streams.
     *
     * @param in from the agent
     * @param out to the agent
     * @param mayHoldCarrier whether their blocking calls may hold a carrier thread (a process's pipes, native calls)
     * @param close ends both
     */
    static AgentTransport of(
            InputStream in, OutputStream out, boolean mayHoldCarrier, Closing close) {
        return new StreamTransport(in, out, mayHoldCarrier, close);
    }

    /** How a transport is closed; what it throws is dropped, because nobody could act on it. */
    @FunctionalInterface
    interface Closing {
        /** Ends the transport. */
        void close() throws IOException;
    }
}

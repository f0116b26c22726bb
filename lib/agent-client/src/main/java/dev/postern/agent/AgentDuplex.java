// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import dev.postern.api.backend.DuplexStream;

/** A connection out of or into the sandbox. */
final class AgentDuplex implements DuplexStream {
    private final AgentStream stream;

    AgentDuplex(AgentStream stream) {
        this.stream = stream;
    }

    @Override
    public ByteSource source() {
        return stream.main;
    }

    @Override
    public ByteSink sink() {
        return stream.out;
    }

    @Override
    public void close() {
        stream.close(AgentStream.DETACH);
    }
}

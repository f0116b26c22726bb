// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import dev.postern.api.backend.DuplexStream;

/** A connected socket. */
final class SocketStream implements DuplexStream {
    private final Descriptor descriptor;
    private final DescriptorSource source;
    private final DescriptorSink sink;

    SocketStream(Descriptor descriptor) {
        this.descriptor = descriptor;
        this.source = new DescriptorSource(descriptor);
        this.sink = new DescriptorSink(descriptor);
    }

    @Override
    public ByteSource source() {
        return source;
    }

    @Override
    public ByteSink sink() {
        return sink;
    }

    @Override
    public void close() {
        descriptor.close();
    }
}

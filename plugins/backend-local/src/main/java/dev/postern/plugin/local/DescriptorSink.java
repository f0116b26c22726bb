// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.ByteSink;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What goes into a descriptor. Nothing is buffered here: what was taken is in the kernel. */
final class DescriptorSink implements ByteSink {
    private final Descriptor descriptor;
    private final OutputStream stream = new Blocking();
    private final AtomicReference<@Nullable Runnable> waiting = new AtomicReference<>();

    DescriptorSink(Descriptor descriptor) {
        this.descriptor = descriptor;
        descriptor.onWritable(this::wake);
    }

    @Override
    public OutputStream stream() {
        return stream;
    }

    /** A write waits for the event loop, not in the kernel. */
    @Override
    public boolean mayHoldCarrier() {
        return false;
    }

    @Override
    public boolean nonBlocking() {
        return true;
    }

    @Override
    public int offer(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int taken = descriptor.write(bytes, offset, length);
        return taken == Descriptor.ENDED ? length : taken;
    }

    @Override
    public void whenWritable(Runnable once) {
        waiting.set(once);
        // After it was set, so that an event between the two finds it.
        if (descriptor.writable()) {
            wake();
        }
    }

    @Override
    public void finish() {
        descriptor.finishWriting();
    }

    private void wake() {
        if (descriptor.writable()) {
            Runnable once = waiting.getAndSet(null);
            if (once != null) {
                once.run();
            }
        }
    }

    private final class Blocking extends OutputStream {
        private volatile boolean closed;

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            int done = 0;
            while (done < length) {
                int count = descriptor.writeWaiting(bytes, offset + done, length - done);
                if (count == Descriptor.ENDED) {
                    throw new IOException(closed ? "Stream was closed" : "The reader has gone");
                }
                done += count;
            }
        }

        @Override
        public void close() {
            closed = true;
            descriptor.finishWriting();
        }
    }
}

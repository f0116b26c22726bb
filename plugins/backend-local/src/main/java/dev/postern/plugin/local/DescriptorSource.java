// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What comes out of a descriptor. The non-blocking side runs on the event loop and holds no buffer while it waits for
 * bytes; while it waits for its sink it holds what the sink did not take, at most one transfer.
 */
final class DescriptorSource implements ByteSource {
    private static final byte[] NONE = new byte[0];
    // So many transfers before the other descriptors of the loop have their turn.
    private static final int TURN = 8;
    // So many full transfers in a row make a bulk transfer, which a larger pipe saves wake-ups.
    private static final int BULK = 16;
    private static final int BULK_PIPE = 1 << 20;

    private final Descriptor descriptor;
    private final InputStream stream = new Blocking();
    private final AtomicReference<@Nullable ByteSink> target = new AtomicReference<>();

    // Of the loop's thread.
    private byte[] rest = NONE;
    private int restOffset;
    private boolean parked;
    private boolean finished;
    private int fullTransfers;

    DescriptorSource(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    @Override
    public InputStream stream() {
        return stream;
    }

    /** A read waits for the event loop, not in the kernel. */
    @Override
    public boolean mayHoldCarrier() {
        return false;
    }

    @Override
    public boolean pushTo(ByteSink sink) {
        if (!target.compareAndSet(null, sink)) {
            throw new IllegalStateException("This source is pushed already");
        }
        descriptor.onReadable(this::pump);
        descriptor.loop().execute(this::pump);
        return true;
    }

    private void pump() {
        ByteSink sink = Objects.requireNonNull(target.get());
        if (parked && descriptor.drained()) {
            // Let go of by its owner while the sink was full: what the sink did not take has no
            // reader.
            rest = NONE;
            parked = false;
        }
        if (parked || finished) {
            return;
        }
        try {
            for (int i = 0; i < TURN; i++) {
                if (!deliver(sink)) {
                    return;
                }
            }
        } catch (RuntimeException e) {
            finished = true;
            descriptor.finishReading();
            throw e;
        }
        descriptor.loop().execute(this::pump);
    }

    /** One transfer; false if the pump must wait or is done. */
    private boolean deliver(ByteSink sink) {
        boolean fresh = rest.length == 0;
        byte[] bytes = rest;
        int offset = restOffset;
        int end = rest.length;
        if (fresh) {
            bytes = descriptor.loop().scratch();
            offset = 0;
            end = descriptor.read(bytes, 0, bytes.length);
            if (end == Descriptor.AGAIN) {
                return false;
            }
            if (end == Descriptor.ENDED) {
                finished = true;
                sink.finish();
                return false;
            }
            fullTransfers = end == bytes.length ? fullTransfers + 1 : 0;
            if (fullTransfers == BULK) {
                descriptor.grow(BULK_PIPE);
            }
        }
        int taken = sink.offer(bytes, offset, end - offset);
        if (offset + taken == end) {
            rest = NONE;
            return true;
        }
        if (fresh) {
            rest = Arrays.copyOfRange(bytes, taken, end);
            restOffset = 0;
        } else {
            restOffset += taken;
        }
        parked = true;
        sink.whenWritable(() -> descriptor.loop().execute(this::resume));
        return false;
    }

    private void resume() {
        parked = false;
        pump();
    }

    private final class Blocking extends InputStream {
        private volatile boolean closed;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (length == 0) {
                return 0;
            }
            int count = descriptor.readWaiting(bytes, offset, length);
            if (count > 0) {
                return count;
            }
            if (closed) {
                throw new IOException("Stream was closed");
            }
            return -1;
        }

        @Override
        public void close() {
            closed = true;
            descriptor.finishReading();
        }
    }
}

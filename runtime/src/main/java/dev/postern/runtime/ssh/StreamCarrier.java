// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import dev.postern.api.backend.DuplexStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries a connection over a duplex stream: in memory, stdio, or what a plugin's listener hands over. */
final class StreamCarrier implements Carrier {
    private static final Logger LOG = LoggerFactory.getLogger(StreamCarrier.class);

    private static final int READ_BUFFER = 32 << 10;

    private final DuplexStream stream;
    private final Optional<InetSocketAddress> remote;
    private final ByteSink sink;
    private final Thread.Builder writers;

    private @Nullable ConnectionIo io;
    private volatile @Nullable Thread reader;
    private boolean paused;
    private boolean closed;
    private boolean writing;
    private boolean finishing;

    StreamCarrier(DuplexStream stream, Optional<InetSocketAddress> remote) {
        this.stream = stream;
        this.remote = remote;
        sink = stream.sink();
        writers = threads(sink.mayHoldCarrier()).name("postern-stream-out");
    }

    /** Begins to read. */
    void start(Inbound in, ConnectionIo out) {
        io = out;
        ByteSource source = stream.source();
        reader =
                threads(source.mayHoldCarrier())
                        .name("postern-stream-in")
                        .start(() -> readAll(in, source));
    }

    /** The thread that reads and handles what it has read. */
    Optional<Thread> reader() {
        return Optional.ofNullable(reader);
    }

    private static Thread.Builder threads(boolean mayHoldCarrier) {
        return mayHoldCarrier ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
    }

    private void readAll(Inbound in, ByteSource source) {
        Optional<IOException> cause = Optional.empty();
        try {
            InputStream bytes = source.stream();
            byte[] buffer = new byte[READ_BUFFER];
            awaitUnpaused();
            for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
                in.received(ByteBuffer.wrap(buffer, 0, count));
                awaitUnpaused();
            }
        } catch (IOException e) {
            cause = Optional.of(e);
        } catch (InterruptedException e) {
            cause = Optional.of(new IOException("Interrupted", e));
        }
        reader = null;
        in.ended(cause);
    }

    private synchronized void awaitUnpaused() throws InterruptedException {
        while (paused && !closed) {
            wait();
        }
    }

    @Override
    public Optional<InetSocketAddress> local() {
        return Optional.empty();
    }

    @Override
    public Optional<InetSocketAddress> remote() {
        return remote;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        if (sink.nonBlocking()) {
            int taken = sink.offer(copy, 0, copy.length);
            bytes.position(bytes.position() + taken);
        } else {
            synchronized (this) {
                if (writing || closed) {
                    return;
                }
                writing = true;
            }
            bytes.position(bytes.limit());
            writers.start(() -> writeBlocking(copy));
        }
    }

    private void writeBlocking(byte[] bytes) {
        try {
            sink.stream().write(bytes);
            sink.stream().flush();
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("Writing to a stream failed");
            stream.close();
        }
        boolean finish;
        synchronized (this) {
            writing = false;
            finish = finishing;
        }
        if (io != null) {
            io.writable();
        }
        if (finish) {
            finish();
        }
    }

    @Override
    public void awaitWritable() {
        ConnectionIo waiting = io;
        if (waiting == null) {
            return;
        }
        if (sink.nonBlocking()) {
            sink.whenWritable(waiting::writable);
            return;
        }
        synchronized (this) {
            if (writing) {
                return;
            }
        }
        waiting.writable();
    }

    @Override
    public synchronized void pauseReading() {
        paused = true;
    }

    @Override
    public synchronized void resumeReading() {
        paused = false;
        notifyAll();
    }

    @Override
    public void finish() {
        synchronized (this) {
            if (writing) {
                finishing = true;
                return;
            }
        }
        sink.finish();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        stream.close();
    }
}

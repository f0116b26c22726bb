// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves bytes out of a sandbox to a sink with a non-blocking side, and finishes it at end of file.
 *
 * <p>Where the source has a non-blocking side no thread is needed. Else a thread reads: a platform thread if a read may hold
 * its carrier. While nothing comes it holds a buffer of one kilobyte only; it takes a large one when there is more, and waits
 * for room in the sink before it reads on.
 */
public final class OutputPump {
    private static final Logger LOG = LoggerFactory.getLogger(OutputPump.class);

    private static final int SMALL = 1 << 10;
    private static final int LARGE = 64 << 10;

    private final ByteSource source;
    private final ByteSink sink;
    private final Semaphore writable = new Semaphore(0);

    private OutputPump(ByteSource source, ByteSink sink) {
        this.source = source;
        this.sink = sink;
    }

    /** Starts; returns at once. */
    public static void start(ByteSource source, ByteSink sink, String name) {
        if (source.pushTo(sink)) {
            return;
        }
        Thread.Builder threads =
                source.mayHoldCarrier() ? Thread.ofPlatform().daemon() : Thread.ofVirtual();
        threads.name("postern-out-" + name).start(new OutputPump(source, sink)::run);
    }

    private void run() {
        try {
            pump(source.stream());
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("Reading from a sandbox ended");
        } catch (InterruptedException e) {
            LOG.atDebug().log("Reading from a sandbox was interrupted");
        } finally {
            sink.finish();
        }
    }

    private void pump(InputStream in) throws IOException, InterruptedException {
        byte[] small = new byte[SMALL];
        for (int count = in.read(small); count >= 0; count = in.read(small)) {
            write(small, count);
            if (count == SMALL && !pumpLarge(in)) {
                return;
            }
        }
    }

    /** Until the source runs dry; false at its end of file. */
    private boolean pumpLarge(InputStream in) throws IOException, InterruptedException {
        byte[] large = new byte[LARGE];
        for (int count = in.read(large); count >= 0; count = in.read(large)) {
            write(large, count);
            if (count < LARGE / 2 && in.available() == 0) {
                return true;
            }
        }
        return false;
    }

    private void write(byte[] bytes, int length) throws InterruptedException {
        int done = sink.offer(bytes, 0, length);
        while (done < length) {
            sink.whenWritable(writable::release);
            writable.acquire();
            done += sink.offer(bytes, done, length - done);
        }
    }
}

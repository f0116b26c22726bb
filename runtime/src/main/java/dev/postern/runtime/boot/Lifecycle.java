// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been started, to be stopped in the reverse order; also when the start fails half way. Any thread. */
final class Lifecycle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private record Started(String name, AutoCloseable part) {}

    private final Deque<Started> started = new ArrayDeque<>();
    private boolean closed;

    /** Remembers a part that was started. If everything is stopped already, so is this. */
    <T extends AutoCloseable> T started(String name, T part) {
        synchronized (started) {
            if (!closed) {
                started.push(new Started(name, part));
                return part;
            }
        }
        stop(new Started(name, part));
        return part;
    }

    @Override
    public void close() {
        while (true) {
            Started last;
            synchronized (started) {
                closed = true;
                last = started.poll();
            }
            if (last == null) {
                return;
            }
            stop(last);
        }
    }

    private static void stop(Started last) {
        try {
            last.part().close();
        } catch (Exception e) {
            // One part that does not stop must not keep the others from it.
            LOG.atWarn()
                    .addKeyValue("part", last.name())
                    .setCause(e)
                    .log("A part of the gateway did not stop cleanly");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the few threads that wait for sockets. All its connections share its one read buffer; nothing that it runs may
 * block.
 */
final class IoThread implements AutoCloseable {
    /** Several packets of the largest size in one system call. */
    private static final int READ_BUFFER = 128 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(IoThread.class);

    private final Selector selector;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER);
    private final Thread thread;
    private volatile boolean stopped;

    IoThread(int number) {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot open a selector", e);
        }
        thread = Thread.ofPlatform().name("postern-io-" + number).daemon().start(this::run);
    }

    /** Runs a task on the thread; it must not block. */
    void execute(Runnable task) {
        tasks.add(task);
        wakeup();
    }

    Selector selector() {
        return selector;
    }

    /** For this thread only. */
    ByteBuffer readBuffer() {
        return readBuffer;
    }

    /** Makes a change of interest or a closed channel count now. */
    void wakeup() {
        if (!Thread.currentThread().equals(thread)) {
            selector.wakeup();
        }
    }

    private void run() {
        while (!stopped) {
            try {
                selector.select(IoThread::ready);
            } catch (IOException e) {
                LOG.atError().setCause(e).log("Waiting for sockets failed");
            } catch (ClosedSelectorException e) {
                return;
            }
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                guarded(task);
            }
        }
    }

    private static void ready(SelectionKey key) {
        guarded(() -> {
            if (key.attachment() instanceof TcpCarrier carrier) {
                carrier.ready(key);
            }
        });
    }

    /** One connection's defect is not the others'. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (CancelledKeyException e) {
            LOG.atTrace().setCause(e).log("Socket closed meanwhile");
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("Handling a socket failed");
        }
    }

    @Override
    public void close() {
        stopped = true;
        selector.wakeup();
        try {
            thread.join(1000);
            selector.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("Closing a selector failed");
        }
    }
}

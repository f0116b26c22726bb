// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.backend.ByteSink;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A sink without waiting, which takes what a test allows. */
final class Collector implements ByteSink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CountDownLatch finished = new CountDownLatch(1);
    private int allowed;
    private Optional<Runnable> waiting = Optional.empty();

    Collector(int allowed) {
        this.allowed = allowed;
    }

    @Override
    public synchronized int offer(byte[] from, int offset, int length) {
        int count = Math.min(allowed, length);
        bytes.write(from, offset, count);
        allowed -= count;
        notifyAll();
        return count;
    }

    @Override
    public void whenWritable(Runnable once) {
        synchronized (this) {
            if (allowed == 0) {
                waiting = Optional.of(once);
                return;
            }
        }
        once.run();
    }

    void allow(int more) {
        Optional<Runnable> run;
        synchronized (this) {
            allowed += more;
            run = waiting;
            waiting = Optional.empty();
        }
        run.ifPresent(Runnable::run);
    }

    /** Waits until so many bytes have come. */
    synchronized byte[] await(int count) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (bytes.size() < count) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("only " + bytes.size() + " bytes of " + count + " came");
            }
            wait(left);
        }
        return bytes.toByteArray();
    }

    synchronized int size() {
        return bytes.size();
    }

    boolean isFinished() {
        return finished.getCount() == 0;
    }

    byte[] awaitEnd() throws InterruptedException {
        if (!finished.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("no end after " + size() + " bytes");
        }
        return await(0);
    }

    @Override
    public boolean nonBlocking() {
        return true;
    }

    @Override
    public void finish() {
        finished.countDown();
    }

    @Override
    public OutputStream stream() {
        throw new UnsupportedOperationException("a source that pushes does not touch the stream");
    }
}

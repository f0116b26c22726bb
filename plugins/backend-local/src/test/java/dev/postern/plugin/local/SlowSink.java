// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.ByteSink;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Takes so many octets at a time and is full after each time, until somebody asks. */
final class SlowSink implements ByteSink {
    private final int room;
    private final ByteArrayOutputStream got = new ByteArrayOutputStream();
    private final CompletableFuture<Void> finished = new CompletableFuture<>();

    SlowSink(int room) {
        this.room = room;
    }

    String text() {
        try {
            finished.get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("The source did not finish within 20 s", e);
        }
        return got.toString(StandardCharsets.UTF_8);
    }

    @Override
    public OutputStream stream() {
        throw new AssertionError("Only the non-blocking side is used");
    }

    @Override
    public boolean nonBlocking() {
        return true;
    }

    @Override
    public synchronized int offer(byte[] bytes, int offset, int length) {
        int taken = Math.min(room, length);
        got.write(bytes, offset, taken);
        return taken;
    }

    @Override
    public void whenWritable(Runnable once) {
        Thread.startVirtualThread(once);
    }

    @Override
    public void finish() {
        finished.complete(null);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import dev.postern.api.backend.ByteSink;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A sink with a non-blocking side that takes little at a time, and notes what its source does wrong. */
final class CheckingSink implements ByteSink {
    private static final int ROOM = 7_777;

    private final CompletableFuture<Integer> finished = new CompletableFuture<>();
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    private final boolean patterned;
    private boolean blocked;
    private int taken;
    private boolean offering;
    private @Nullable Runnable waiting;

    private CheckingSink(boolean patterned, boolean blocked) {
        this.patterned = patterned;
        this.blocked = blocked;
    }

    /** One that knows what octets must come. */
    static CheckingSink ofPattern() {
        return new CheckingSink(true, false);
    }

    /** One that takes nothing until {@link #open}, then anything. */
    static CheckingSink full() {
        return new CheckingSink(false, true);
    }

    CompletableFuture<Integer> finished() {
        return finished;
    }

    List<String> calls() {
        return wrong;
    }

    void open() {
        Runnable action;
        synchronized (this) {
            blocked = false;
            action = waiting;
            waiting = null;
        }
        if (action != null) {
            action.run();
        }
    }

    @Override
    public OutputStream stream() {
        wrong.add("the blocking side was used");
        return OutputStream.nullOutputStream();
    }

    @Override
    public boolean nonBlocking() {
        return true;
    }

    @Override
    public synchronized int offer(byte[] bytes, int offset, int length) {
        if (offering) {
            wrong.add("two offers at once");
        }
        if (finished.isDone()) {
            wrong.add("an offer after finish");
        }
        if (blocked) {
            return 0;
        }
        offering = true;
        int count = Math.min(ROOM, length);
        for (int i = 0; patterned && i < count; i++) {
            if (bytes[offset + i] != StreamRules.Pattern.octet(taken + i)) {
                wrong.add("octet " + (taken + i) + " is wrong");
                break;
            }
        }
        taken += count;
        offering = false;
        return count;
    }

    @Override
    public void whenWritable(Runnable once) {
        synchronized (this) {
            if (blocked) {
                waiting = once;
                return;
            }
        }
        Thread.startVirtualThread(once);
    }

    @Override
    public synchronized void finish() {
        if (!finished.complete(taken)) {
            wrong.add("finish came twice");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** Something that is made on a thread of its own while the start goes on elsewhere. Any thread. */
final class Soon<T> implements Supplier<T> {
    private final FutureTask<T> task;

    private Soon(FutureTask<T> task) {
        this.task = task;
    }

    /** Begins to make it. */
    static <T> Soon<T> begin(String name, Supplier<T> making) {
        FutureTask<T> task = new FutureTask<>(making::get);
        Thread.ofPlatform().name("start-" + name).daemon().start(task);
        return new Soon<>(task);
    }

    /** It, when it is made; throws what making it threw. */
    @Override
    public T get() {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known
                    ? known
                    : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the gateway starts", e);
        }
    }
}

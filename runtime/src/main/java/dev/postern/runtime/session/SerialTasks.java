// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks in order, one at a time, on a virtual thread that exists only while tasks wait. What an I/O thread hands over
 * here may block.
 */
public final class SerialTasks {
    private static final Logger LOG = LoggerFactory.getLogger(SerialTasks.class);

    private final String name;
    private final ArrayDeque<Task> waiting = new ArrayDeque<>();
    private @Nullable Thread worker;
    private boolean stopped;

    /** A task; an interruption ends it because nobody wants its result any more. */
    @FunctionalInterface
    public interface Task {
        /** Does the work. */
        void run() throws InterruptedException;
    }

    /** Tasks of something; the name is for thread dumps. */
    public SerialTasks(String name) {
        this.name = name;
    }

    /** Adds a task; after {@link #stop} it is dropped. Never blocks. */
    public synchronized void execute(Task task) {
        if (stopped) {
            return;
        }
        waiting.add(task);
        if (worker == null) {
            worker = Thread.ofVirtual().name(name).start(this::work);
        }
    }

    /** Whether nothing runs and nothing waits. */
    public synchronized boolean isIdle() {
        return worker == null;
    }

    /** Interrupts the running task and drops those that wait. */
    public synchronized void stop() {
        stopped = true;
        waiting.clear();
        if (worker != null) {
            worker.interrupt();
        }
    }

    private void work() {
        for (Task task = next(); task != null; task = next()) {
            try {
                task.run();
            } catch (InterruptedException e) {
                LOG.atTrace().setCause(e).log("Task interrupted");
            } catch (RuntimeException e) {
                LOG.atError().addKeyValue("tasks", name).setCause(e).log("Task failed");
            }
        }
    }

    private synchronized @Nullable Task next() {
        Task task = waiting.poll();
        if (task == null) {
            worker = null;
        }
        return task;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.runtime.sandbox.Waker;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.server.ServerFactoryManager;

/** What all connections share. */
final class EngineCore implements AutoCloseable {
    private final EngineParts parts;
    private final ServerFactoryManager server;
    private final Admissions admissions;
    private final Waker waker = new Waker();
    private final FlushBuffers buffers = new FlushBuffers();
    private final MemoryBudget budget;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();
    private final ExecutorService virtual;
    private final ExecutorService platform;

    EngineCore(EngineParts parts) {
        this.parts = parts;
        server = EngineServer.create(parts.algorithms());
        admissions = new Admissions(parts.limits());
        budget = new MemoryBudget(() -> parts.ssh().get().bufferMemory());
        virtual =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("postern-", 0).factory());
        ThreadFactory factory = Thread.ofPlatform().daemon().name("postern-in-", 0).factory();
        // Threads that write to pipes and terminals; between two keystrokes one waits to be used
        // again
        platform =
                new ThreadPoolExecutor(
                        0,
                        Integer.MAX_VALUE,
                        5,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        factory);
    }

    EngineParts parts() {
        return parts;
    }

    ServerFactoryManager server() {
        return server;
    }

    Admissions admissions() {
        return admissions;
    }

    Waker waker() {
        return waker;
    }

    FlushBuffers buffers() {
        return buffers;
    }

    MemoryBudget budget() {
        return budget;
    }

    Executor virtualPumps() {
        return virtual;
    }

    Executor platformPumps() {
        return platform;
    }

    Set<Connection> connections() {
        return connections;
    }

    long nextNumber() {
        return numbers.incrementAndGet();
    }

    void gone(Connection connection) {
        connections.remove(connection);
        parts.meters().connectionClosed(connection.info().listener().name());
    }

    @Override
    public void close() {
        virtual.shutdown();
        platform.shutdown();
    }
}

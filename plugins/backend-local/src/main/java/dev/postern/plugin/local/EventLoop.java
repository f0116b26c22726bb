// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits for any number of descriptors with epoll, edge-triggered, so that an idle session holds no
 * thread. Handlers and tasks run on it and must not block. Registering, unregistering and executing are for any thread.
 */
final class EventLoop implements AutoCloseable {
    static final int IN = 1;
    static final int OUT = 4;
    static final int ERROR = 8;
    static final int HANG_UP = 16;
    static final int READ_HANG_UP = 0x2000;
    private static final int EDGE = 1 << 31;

    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final int BATCH = 128;
    private static final int SCRATCH = 64 * 1024;
    // struct epoll_event is packed on x86-64 only.
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
    private static final int EVENT_SIZE = PACKED ? 12 : 16;
    private static final int EVENT_DATA = PACKED ? 4 : 8;
    private static final ValueLayout.OfLong DATA = ValueLayout.JAVA_LONG_UNALIGNED;

    private final int epoll;
    private final int wakeup;
    private final Thread thread;
    private final byte[] scratch = new byte[SCRATCH];
    private final Map<Long, Handler> handlers = new ConcurrentHashMap<>();
    private final AtomicLong tokens = new AtomicLong(1);
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::due));
    private volatile boolean closed;
    // Under this object's lock: once true, neither number is ours any more.
    private boolean released;

    EventLoop(String name) {
        epoll = Posix.checked("epoll_create1", Posix.EPOLL_CREATE.call(Posix.O_CLOEXEC));
        wakeup =
                Posix.checked("eventfd", Posix.EVENTFD.call(0, Posix.O_CLOEXEC | Posix.O_NONBLOCK));
        control(1, wakeup, IN | EDGE, 0);
        thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
        thread.start();
    }

    /** Told on the loop's thread what a descriptor has become ready for. */
    interface Handler {
        void ready(int events);

        /** The loop ends: nothing will become ready any more. */
        default void abandoned() {}
    }

    /** Watches a descriptor. The token is never used again, so that a late event finds nobody. */
    long register(int fd, int events, Handler handler) {
        long token = tokens.getAndIncrement();
        handlers.put(token, handler);
        int result = control(1, fd, events | EDGE, token);
        if (result < 0) {
            handlers.remove(token);
            Posix.checked("epoll_ctl", result);
        }
        return token;
    }

    /** Stops watching, before the descriptor is closed. */
    void unregister(int fd, long token) {
        handlers.remove(token);
        control(2, fd, 0, token);
    }

    /** Runs a task on the loop's thread, soon. A task that comes after {@link #close} never runs. */
    void execute(Runnable task) {
        tasks.add(task);
        if (!Thread.currentThread().equals(thread) && awake.compareAndSet(false, true)) {
            wake();
        }
    }

    /** Runs a task on the loop's thread after a delay. */
    void schedule(Duration delay, Runnable task) {
        long due = System.nanoTime() + delay.toNanos();
        execute(() -> timers.add(new Timer(due, task)));
    }

    /** The loop's own transfer buffer; only for its thread, only until the handler returns. */
    byte[] scratch() {
        return scratch;
    }

    @Override
    public void close() {
        closed = true;
        wake();
        if (!Thread.currentThread().equals(thread)) {
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate((long) BATCH * EVENT_SIZE, 8);
            while (!closed) {
                int count = Posix.EPOLL_WAIT.call(epoll, events.address(), BATCH, timeoutMillis());
                awake.set(true);
                for (int i = 0; i < count; i++) {
                    dispatch(
                            events.get(ValueLayout.JAVA_INT_UNALIGNED, (long) i * EVENT_SIZE),
                            events.get(DATA, (long) i * EVENT_SIZE + EVENT_DATA));
                }
                runTasks();
                runTimers();
            }
        } finally {
            handlers.values().forEach(Handler::abandoned);
            release();
        }
    }

    private void dispatch(int events, long token) {
        if (token == 0) {
            Posix.drainEvent(wakeup);
            return;
        }
        Handler handler = handlers.get(token);
        if (handler != null) {
            guarded(() -> handler.ready(events));
        }
    }

    /** Runs what is queued now; what the tasks queue themselves waits for its turn behind the descriptors. */
    private void runTasks() {
        int most = tasks.size();
        for (int i = 0; i < most; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                break;
            }
            guarded(task);
        }
        awake.set(false);
    }

    private void runTimers() {
        long now = System.nanoTime();
        for (Timer next = timers.peek();
                next != null && next.due - now <= 0;
                next = timers.peek()) {
            timers.poll();
            guarded(next.task);
        }
    }

    private int timeoutMillis() {
        if (!tasks.isEmpty()) {
            return 0;
        }
        Timer next = timers.peek();
        if (next == null) {
            return -1;
        }
        long millis = (next.due - System.nanoTime() + 999_999) / 1_000_000;
        return Math.clamp(millis, 0, 60_000);
    }

    // Anything that a sink of the gateway or a listener's acceptor throws must not end the other
    // sessions.
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("Event handler failed");
        }
    }

    private synchronized void wake() {
        if (!released) {
            Posix.raiseEvent(wakeup);
        }
    }

    private synchronized void release() {
        released = true;
        Posix.CLOSE.call(epoll);
        Posix.CLOSE.call(wakeup);
    }

    private synchronized int control(int operation, int fd, int events, long token) {
        if (released) {
            return -Errno.ESRCH;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(EVENT_SIZE, 8);
            event.set(ValueLayout.JAVA_INT_UNALIGNED, 0, events);
            event.set(DATA, EVENT_DATA, token);
            return Posix.EPOLL_CTL.call(epoll, operation, fd, event.address());
        }
    }

    private record Timer(long due, Runnable task) {}
}

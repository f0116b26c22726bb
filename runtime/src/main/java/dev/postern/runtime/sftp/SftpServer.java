// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.SandboxFiles;
import dev.postern.api.backend.SandboxProcess;
import java.time.Clock;
import java.time.ZoneId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An SFTP version 3 server on the files of a sandbox, in the shape of a process: what {@code sftp-server} is to sshd.
 *
 * <p>Bytes in and out never block. Requests are carried out in order by one task at a time, on a virtual thread that
 * exists only while requests wait: it takes all that have arrived, sends their replies in as few pieces as it can, and
 * goes. It stops while the client does not take replies, so no more is read from a file than the client has room for. An
 * idle session holds no thread and no buffer.
 *
 * <p>Ends with status 0 after the client's end of file, with 255 after a packet that makes no sense, as OpenSSH's does.
 */
public final class SftpServer implements SandboxProcess {
    private static final Logger LOG = LoggerFactory.getLogger(SftpServer.class);

    /** Replies leave when this much has gathered, or when no request waits. */
    private static final int FLUSH_OCTETS = 32 << 10;

    private static final Executor WORKERS =
            task -> Thread.ofVirtual().name("postern-sftp").start(task);

    private final PacketInbox stdin;
    private final Outbound stdout;
    private final ByteSource stderr = new NoOutput();
    private final ReplyBuffer replies = new ReplyBuffer();
    private final RequestHandler handler;
    private final Executor workers;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private final AtomicInteger work = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Thread worker;
    private volatile boolean stopped;
    private boolean over;

    /** A server with default limits and the system's clock. */
    public SftpServer(SandboxFiles files, FileActivity activity) {
        this(files, activity, SftpLimits.DEFAULT, Clock.system(ZoneId.systemDefault()), WORKERS);
    }

    /**
     * A server.
     *
     * @param files what it serves
     * @param activity hears what was done
     * @param limits bounds of this session
     * @param clock for the dates in listings, with the zone that they are shown in
     * @param workers runs the tasks that carry out requests; they block
     */
    public SftpServer(
            SandboxFiles files,
            FileActivity activity,
            SftpLimits limits,
            Clock clock,
            Executor workers) {
        this.workers = workers;
        stdin = new PacketInbox(limits, this::schedule);
        stdout = new Outbound(limits.replyBytes());
        handler = new RequestHandler(files, activity, limits, clock, replies);
    }

    @Override
    public ByteSink stdin() {
        return stdin;
    }

    @Override
    public ByteSource stdout() {
        return stdout;
    }

    @Override
    public ByteSource stderr() {
        return stderr;
    }

    @Override
    public CompletableFuture<ExitStatus> exit() {
        return exit;
    }

    @Override
    public void resize(PtySize size) {}

    @Override
    public boolean signal(String name) {
        return switch (name) {
            case "HUP", "INT", "KILL", "TERM" -> stop(new ExitStatus.Signalled(name, false));
            default -> false;
        };
    }

    @Override
    public void end(EndReason reason) {
        stop(new ExitStatus.Signalled(reason == EndReason.KILL ? "KILL" : "HUP", false));
    }

    private boolean stop(ExitStatus status) {
        lock.lock();
        try {
            if (stopped) {
                return false;
            }
            stopped = true;
            if (worker != null) {
                worker.interrupt();
            }
        } finally {
            lock.unlock();
        }
        stdin.close();
        stdout.abort();
        // Now, and not when a backend that hangs gives its files back.
        boolean first = exit.complete(status);
        schedule();
        return first;
    }

    private void schedule() {
        if (work.getAndIncrement() == 0) {
            workers.execute(this::run);
        }
    }

    private void run() {
        enter();
        try {
            int missed = 1;
            do {
                serve();
                missed = work.addAndGet(-missed);
            } while (missed != 0);
        } finally {
            leave();
        }
    }

    private void enter() {
        lock.lock();
        try {
            worker = Thread.currentThread();
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            // The next worker may be here already.
            if (Thread.currentThread().equals(worker)) {
                worker = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private void serve() {
        if (over) {
            return;
        }
        try {
            if (!stopped) {
                answerAll();
            }
            if (stopped) {
                close(0);
            } else if (stdin.ended()) {
                close(stdin.broken() ? 255 : 0);
            }
        } catch (InterruptedException e) {
            // Only our own stop interrupts a worker: it sets the flag first and schedules another
            // round.
            close(255);
        } catch (BadMessageException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("An SFTP client sent nonsense");
            close(255);
        } catch (RuntimeException | Error e) {
            LOG.atError().setCause(e).log("An SFTP session broke");
            close(255);
        }
    }

    private void answerAll() throws InterruptedException {
        while (!stopped) {
            if (stdout.full()) {
                flush();
                stdout.whenDrained(this::schedule);
                return;
            }
            byte[] packet = stdin.poll();
            if (packet == null) {
                break;
            }
            try {
                handler.handle(packet);
            } catch (BadMessageException e) {
                flush();
                throw e;
            }
            if (replies.size() >= FLUSH_OCTETS) {
                flush();
            }
        }
        flush();
        replies.release();
    }

    private void flush() {
        if (replies.size() == 0) {
            return;
        }
        if (stdout.send(replies.bytes(), replies.size())) {
            replies.clear();
        } else {
            replies.release();
        }
    }

    private void close(int status) {
        over = true;
        // A stop interrupts; closing files is still to be done in peace.
        Thread.interrupted();
        stdin.close();
        handler.handles().closeAll();
        replies.release();
        stdout.finish();
        exit.complete(new ExitStatus.Exited(status));
    }
}

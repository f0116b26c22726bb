// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sandbox;

import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.backend.Loss;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.sandbox.ResumeResult;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.api.sandbox.SandboxState;
import dev.postern.runtime.auth.Login;
import dev.postern.runtime.session.ConnectionInfo;
import dev.postern.runtime.session.EngineMeters;
import dev.postern.runtime.session.EngineMeters.Stage;
import dev.postern.runtime.session.Route;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one SSH connection into its sandbox: opened when the first channel or tcpip-forward needs it, after waking the
 * sandbox where it sleeps, shared by all channels, closed with the connection. An attempt that failed is made again for
 * the next one who asks; one for which nobody waits any more is given up.
 */
public final class SandboxLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxLink.class);

    private final ConnectionInfo connection;
    private final Login login;
    private final Waker waker;
    private final EngineMeters meters;
    private final Consumer<Loss> onLost;

    private @Nullable Attempt attempt;
    private boolean closed;

    private static final class Attempt {
        final CompletableFuture<Reach> result = new CompletableFuture<>();
        @Nullable Thread worker;
        int waiting;
    }

    /**
     * A link that is not open yet.
     *
     * @param onLost called once if the way in breaks by itself
     */
    public SandboxLink(
            ConnectionInfo connection,
            Login login,
            Waker waker,
            EngineMeters meters,
            Consumer<Loss> onLost) {
        this.connection = connection;
        this.login = login;
        this.waker = waker;
        this.meters = meters;
        this.onLost = onLost;
    }

    /** Whether asking would wait. */
    public synchronized boolean isOpen() {
        return attempt != null && attempt.result.isDone();
    }

    /** The way in; blocks while the sandbox wakes and the backend connects. */
    public Reach reach() throws InterruptedException {
        Attempt joined = join();
        try {
            return joined.result.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("An attempt never fails", e);
        } finally {
            leave(joined);
        }
    }

    private synchronized Attempt join() {
        Attempt current = attempt;
        if (current == null) {
            var fresh = new Attempt();
            current = fresh;
            attempt = fresh;
            if (closed) {
                fresh.result.complete(
                        new Reach.Failed(RefusalCodes.SESSION_KILLED, "The connection has ended"));
            } else {
                fresh.worker = Thread.ofVirtual().name("postern-connect").start(() -> work(fresh));
            }
        }
        current.waiting++;
        return current;
    }

    private synchronized void leave(Attempt left) {
        left.waiting--;
        boolean failed = left.result.getNow(null) instanceof Reach.Failed;
        boolean abandoned = left.waiting == 0 && !left.result.isDone();
        if (abandoned && left.worker != null) {
            left.worker.interrupt();
        }
        if (attempt == left && (failed || abandoned)) {
            attempt = null;
        }
    }

    private void work(Attempt mine) {
        Reach reach = open();
        boolean wanted;
        synchronized (this) {
            wanted = attempt == mine && !closed;
        }
        if (!wanted && reach instanceof Reach.Open(SandboxConnection open)) {
            open.close();
            reach = new Reach.Failed(RefusalCodes.SESSION_KILLED, "The connection has ended");
        }
        mine.result.complete(reach);
        if (reach instanceof Reach.Open(SandboxConnection open)) {
            open.onLost(onLost);
        }
    }

    private Reach open() {
        Route route = connection.route();
        SandboxRef sandbox = login.sandbox();
        try {
            if (login.state() != SandboxState.RUNNING && !route.resume().isEmpty()) {
                long begin = System.nanoTime();
                ResumeResult woken =
                        waker.wake(sandbox, login.state(), route.resume(), route.resumeTimeout());
                time(Stage.RESUME, begin);
                switch (woken) {
                    case ResumeResult.Running(SandboxRef running) -> sandbox = running;
                    case ResumeResult.NotMine() -> {}
                    case ResumeResult.Failed(var code, String message, var _) -> {
                        return new Reach.Failed(code, message);
                    }
                }
            }
            SessionBackend backend = route.backends().get(sandbox.backend());
            if (backend == null) {
                return new Reach.Failed(
                        RefusalCodes.SANDBOX_TARGET,
                        "The route does not list backend '" + sandbox.backend() + "'");
            }
            long begin = System.nanoTime();
            SandboxConnection open = backend.connect(sandbox, context());
            time(Stage.BACKEND_CONNECT, begin);
            return new Reach.Open(open);
        } catch (InterruptedException e) {
            return new Reach.Failed(RefusalCodes.CLIENT_LOST, "Nobody waits any more");
        } catch (PosternException e) {
            logFailure(e);
            return new Reach.Failed(e.code(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            logFailure(e);
            return new Reach.Failed(RefusalCodes.BACKEND_CONNECT_FAILED, "The backend failed");
        }
    }

    private ConnectionContext context() {
        return new ConnectionContext(
                connection.id(), login.actor(), login.guestUser(), connection.client().address());
    }

    private void time(Stage stage, long begin) {
        meters.stage(stage, connection.route().name(), Duration.ofNanos(System.nanoTime() - begin));
    }

    private void logFailure(RuntimeException cause) {
        LOG.atWarn()
                .addKeyValue("connection.id", connection.id())
                .addKeyValue("sandbox", login.sandbox().id())
                .setCause(cause)
                .log("The sandbox could not be reached");
    }

    /** Gives up waiting, and closes what is open. Idempotent. */
    @Override
    public void close() {
        Attempt last;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            last = attempt;
        }
        if (last == null) {
            return;
        }
        if (last.worker != null && !last.result.isDone()) {
            last.worker.interrupt();
        }
        if (last.result.getNow(null) instanceof Reach.Open(SandboxConnection open)) {
            open.close();
        }
    }
}

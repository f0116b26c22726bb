// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sandbox;

import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.sandbox.ResumeRequest;
import dev.postern.api.sandbox.ResumeResult;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.api.sandbox.SandboxState;
import dev.postern.runtime.session.Route.NamedHook;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes sandboxes, each once for all who wait for it. The work is given up when the last of them has left or the deadline
 * of the first is over.
 */
public final class Waker {
    private static final Logger LOG = LoggerFactory.getLogger(Waker.class);

    private final Map<Key, Attempt> attempts = new HashMap<>();

    private record Key(String resolver, String id, String generation) {}

    private static final class Attempt {
        final CompletableFuture<ResumeResult> result = new CompletableFuture<>();
        final Thread worker;
        int waiting;

        Attempt(Thread worker) {
            this.worker = worker;
        }
    }

    /**
     * Waits until the sandbox runs.
     *
     * @param sandbox as the resolver answered
     * @param state what the resolver knew
     * @param hooks in the order they are asked
     * @param timeout longest wait
     * @return running, not mine if no hook knows it, or failed
     * @throws InterruptedException if the caller's client has gone
     */
    public ResumeResult wake(
            SandboxRef sandbox, SandboxState state, List<NamedHook> hooks, Duration timeout)
            throws InterruptedException {
        var key = new Key(sandbox.resolver(), sandbox.id(), sandbox.generation());
        var request = new ResumeRequest(sandbox, state, timeout);
        Attempt attempt = join(key, request, hooks);
        try {
            return attempt.result.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new ResumeResult.Failed(
                    RefusalCodes.RESUME_TIMEOUT,
                    "Sandbox '" + sandbox.id() + "' did not wake within " + timeout,
                    Optional.empty());
        } catch (ExecutionException e) {
            throw new IllegalStateException("An attempt never fails", e);
        } finally {
            leave(key, attempt);
        }
    }

    private synchronized Attempt join(Key key, ResumeRequest request, List<NamedHook> hooks) {
        Attempt attempt = attempts.get(key);
        if (attempt == null) {
            var holder = new CompletableFuture<Attempt>();
            Thread worker =
                    Thread.ofVirtual()
                            .name("postern-resume")
                            .unstarted(() -> holder.join().result.complete(ask(request, hooks)));
            attempt = new Attempt(worker);
            holder.complete(attempt);
            attempts.put(key, attempt);
            worker.start();
        }
        attempt.waiting++;
        return attempt;
    }

    private synchronized void leave(Key key, Attempt attempt) {
        attempt.waiting--;
        if (attempt.waiting == 0 || attempt.result.isDone()) {
            attempts.remove(key, attempt);
        }
        if (attempt.waiting == 0) {
            attempt.worker.interrupt();
        }
    }

    private static ResumeResult ask(ResumeRequest request, List<NamedHook> hooks) {
        for (NamedHook next : hooks) {
            ResumeResult result;
            try {
                result = next.hook().resume(request);
            } catch (InterruptedException e) {
                return failed("Nobody waits for sandbox '" + request.sandbox().id() + "'");
            } catch (PosternException e) {
                logFailure(next, e);
                return new ResumeResult.Failed(e.code(), "Resume hook failed", Optional.empty());
            } catch (RuntimeException e) {
                logFailure(next, e);
                return failed("Resume hook '" + next.component() + "' failed");
            }
            if (!(result instanceof ResumeResult.NotMine)) {
                return result;
            }
        }
        return ResumeResult.NOT_MINE;
    }

    private static ResumeResult failed(String message) {
        return new ResumeResult.Failed(RefusalCodes.RESUME_FAILED, message, Optional.empty());
    }

    private static void logFailure(NamedHook hook, RuntimeException cause) {
        LOG.atWarn()
                .addKeyValue("hook", hook.component())
                .setCause(cause)
                .log("Resume hook failed");
    }
}

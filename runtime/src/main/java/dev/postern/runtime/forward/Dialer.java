// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.forward;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.Destination;
import dev.postern.api.backend.DialResult;
import dev.postern.api.backend.DuplexStream;
import dev.postern.api.backend.Origin;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.runtime.sandbox.Reach;
import dev.postern.runtime.session.SessionScope;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects from inside the sandbox for the client (-L, -D, -W, -J), each attempt on a virtual thread of its own. */
public final class Dialer {
    private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);

    private final SessionScope scope;
    private final Set<Thread> attempts = ConcurrentHashMap.newKeySet();

    /** Hears what became of an attempt, on a thread that may be kept. */
    public interface Outcome {
        /** It stands. */
        void connected(DuplexStream stream);

        /** It does not. */
        void refused(RefusalCode code);
    }

    /** Dials for one connection. */
    public Dialer(SessionScope scope) {
        this.scope = scope;
    }

    /** Starts an attempt; returns at once. Policy is asked first, before the sandbox is touched. */
    public void dial(Destination destination, Origin origin, Outcome outcome) {
        var refusal = scope.login().rights().localForward(destination);
        if (refusal.isPresent()) {
            refuse(destination, refusal.get(), "Policy", outcome);
            return;
        }
        Thread attempt =
                Thread.ofVirtual()
                        .name("postern-dial-" + scope.info().id())
                        .unstarted(() -> attempt(destination, origin, outcome));
        attempts.add(attempt);
        attempt.start();
    }

    /** How many attempts are under way. */
    public int waiting() {
        return attempts.size();
    }

    /** Gives all attempts up. */
    public void stop() {
        attempts.forEach(Thread::interrupt);
    }

    private void attempt(Destination destination, Origin origin, Outcome outcome) {
        try {
            switch (scope.link().reach()) {
                case Reach.Open(SandboxConnection open) ->
                        finish(destination, call(open, destination, origin), outcome);
                case Reach.Failed(RefusalCode code, String message) ->
                        refuse(destination, code, message, outcome);
            }
        } catch (InterruptedException e) {
            LOG.atTrace().log("Nobody waits for this connection any more");
        } finally {
            attempts.remove(Thread.currentThread());
        }
    }

    private static DialResult call(SandboxConnection open, Destination destination, Origin origin)
            throws InterruptedException {
        Capability needed =
                destination instanceof Destination.Tcp ? Capability.DIAL_TCP : Capability.DIAL_UNIX;
        if (!open.capabilities().contains(needed)) {
            return new DialResult.Failed(
                    RefusalCodes.BACKEND_CAPABILITY, "The backend does not declare " + needed);
        }
        try {
            return open.dial(destination, origin);
        } catch (PosternException e) {
            LOG.atWarn().setCause(e).log("Dialling failed");
            return new DialResult.Failed(e.code(), "The backend failed");
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Dialling failed");
            return new DialResult.Failed(RefusalCodes.PLUGIN_FAILED, "The backend failed");
        }
    }

    private void finish(Destination destination, DialResult result, Outcome outcome) {
        switch (result) {
            case DialResult.Connected(DuplexStream stream) -> {
                scope.note("forward.opened", fields(destination));
                outcome.connected(stream);
            }
            case DialResult.Refused(String message) ->
                    refuse(destination, RefusalCodes.FORWARD_CONNECT_FAILED, message, outcome);
            case DialResult.Unreachable(String message) ->
                    refuse(destination, RefusalCodes.FORWARD_CONNECT_FAILED, message, outcome);
            case DialResult.NotPermitted(String message) ->
                    refuse(destination, RefusalCodes.POLICY_FORWARD, message, outcome);
            case DialResult.Failed(RefusalCode code, String message) ->
                    refuse(destination, code, message, outcome);
        }
    }

    private void refuse(
            Destination destination, RefusalCode code, String message, Outcome outcome) {
        Map<String, String> fields = fields(destination);
        fields.put("message", message);
        scope.noteRefusal("forward.refused", code, fields);
        outcome.refused(code);
    }

    private static Map<String, String> fields(Destination destination) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("direction", "local");
        fields.put("destination", destination.toString());
        return fields;
    }
}

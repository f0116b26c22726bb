// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.forward;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.Destination;
import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.ListenSpec.Incoming;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxListener;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.runtime.forward.ClientChannels.Kind;
import dev.postern.runtime.sandbox.Reach;
import dev.postern.runtime.session.SessionScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The listeners inside the sandbox that the client asked for (-R). Requests are made one at a time, by the thread of the
 * connection's global requests, and block.
 */
public final class RemoteForwards {
    private final SessionScope scope;
    private final ClientChannels channels;
    private final int most;
    private final Map<Destination, SandboxListener> listeners = new HashMap<>();
    private boolean closed;

    /**
     * None yet.
     *
     * @param most how many there may be at once
     */
    public RemoteForwards(SessionScope scope, ClientChannels channels, int most) {
        this.scope = scope;
        this.channels = channels;
        this.most = most;
    }

    /**
     * Listens.
     *
     * @param bind as the client asked
     * @return the bound port for TCP, 0 for a socket; empty if it was refused
     */
    public Optional<Integer> listen(Destination bind) throws InterruptedException {
        Optional<RefusalCode> refusal = scope.login().rights().remoteForward(bind);
        if (refusal.isPresent()) {
            return refuse(bind, refusal.get(), "Policy");
        }
        synchronized (this) {
            if (listeners.size() >= most) {
                return refuse(bind, RefusalCodes.LIMIT_FORWARDS, "At most " + most);
            }
            if (listeners.containsKey(bind)) {
                return refuse(bind, RefusalCodes.FORWARD_LISTEN_FAILED, "Asked for twice");
            }
        }
        if (!(scope.link().reach() instanceof Reach.Open(SandboxConnection open))) {
            return refuse(bind, RefusalCodes.BACKEND_CONNECT_FAILED, "No sandbox");
        }
        Capability needed =
                bind instanceof Destination.Tcp ? Capability.LISTEN_TCP : Capability.LISTEN_UNIX;
        if (!open.capabilities().contains(needed)) {
            return refuse(bind, RefusalCodes.BACKEND_CAPABILITY, "No " + needed);
        }
        return switch (SandboxListeners.listen(open, spec(bind))) {
            case ListenResult.Listening(SandboxListener listener) -> keep(bind, listener);
            case ListenResult.InUse(String message) ->
                    refuse(bind, RefusalCodes.FORWARD_LISTEN_FAILED, message);
            case ListenResult.NotPermitted(String message) ->
                    refuse(bind, RefusalCodes.FORWARD_LISTEN_FAILED, message);
            case ListenResult.Failed(RefusalCode code, String message) ->
                    refuse(bind, code, message);
        };
    }

    private ListenSpec spec(Destination bind) {
        return switch (bind) {
            case Destination.Tcp(String host, int port) ->
                    new ListenSpec(new ListenSpec.Tcp(host, port), new TcpAcceptor(host, port));
            case Destination.Unix(String path) ->
                    new ListenSpec(
                            new ListenSpec.Unix(path),
                            incoming ->
                                    forward(incoming, new ClientChannels.ForwardedSocket(path)));
        };
    }

    /** Channels name the port that was bound, which is known only after the first could have come in. */
    private final class TcpAcceptor implements Consumer<Incoming> {
        private final String host;
        private final int asked;

        TcpAcceptor(String host, int asked) {
            this.host = host;
            this.asked = asked;
        }

        @Override
        public void accept(Incoming incoming) {
            int port = asked != 0 ? asked : boundPort(host).orElse(0);
            forward(incoming, new ClientChannels.ForwardedTcp(host, port, incoming.origin()));
        }
    }

    private synchronized Optional<Integer> boundPort(String host) {
        return listeners.entrySet().stream()
                .filter(it ->
                        it.getKey() instanceof Destination.Tcp(String name, _) && name.equals(host))
                .flatMap(it -> port(it.getValue()).stream())
                .findFirst();
    }

    private static Optional<Integer> port(SandboxListener listener) {
        return listener.bound() instanceof Destination.Tcp(_, int port)
                ? Optional.of(port)
                : Optional.empty();
    }

    private void forward(Incoming incoming, Kind kind) {
        StreamOpener.open(channels, scope, kind, incoming.stream());
    }

    private Optional<Integer> keep(Destination bind, SandboxListener listener) {
        int port = port(listener).orElse(0);
        Destination key =
                bind instanceof Destination.Tcp(String host, _)
                        ? new Destination.Tcp(host, port)
                        : bind;
        boolean late;
        synchronized (this) {
            late = closed;
            if (!late) {
                listeners.put(key, listener);
            }
        }
        if (late) {
            listener.close();
            return Optional.empty();
        }
        scope.note("forward.listening", fields(key));
        return Optional.of(port);
    }

    /** Stops listening; false if there was no such listener. Connections that came in go on. */
    public boolean cancel(Destination bind) {
        SandboxListener listener;
        synchronized (this) {
            listener = listeners.remove(bind);
        }
        if (listener == null) {
            return false;
        }
        listener.close();
        return true;
    }

    /** Stops all. Idempotent. */
    public void close() {
        List<SandboxListener> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(listeners.values());
            listeners.clear();
        }
        all.forEach(SandboxListener::close);
    }

    private Optional<Integer> refuse(Destination bind, RefusalCode code, String message) {
        Map<String, String> fields = fields(bind);
        fields.put("message", message);
        scope.noteRefusal("forward.refused", code, fields);
        return Optional.empty();
    }

    private static Map<String, String> fields(Destination bind) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("direction", "remote");
        fields.put("bind", bind.toString());
        return fields;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.forward;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.Destination;
import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxListener;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.runtime.sandbox.Reach;
import dev.postern.runtime.session.SessionRequest;
import dev.postern.runtime.session.SessionScope;
import dev.postern.runtime.session.SessionSockets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/** The agent's socket and the X11 display of one session channel. */
public final class ChannelSockets implements SessionSockets {
    private static final int FIRST_DISPLAY_PORT = 6000;

    private final SessionScope scope;
    private final ClientChannels channels;
    private final String session;
    private final List<SandboxListener> listeners = new ArrayList<>();
    private boolean closed;

    /**
     * None yet.
     *
     * @param session the channel's id
     */
    public ChannelSockets(SessionScope scope, ClientChannels channels, String session) {
        this.scope = scope;
        this.channels = channels;
        this.session = session;
    }

    @Override
    public boolean agent(BiConsumer<String, String> environment) throws InterruptedException {
        var spec =
                new ListenSpec(
                        new ListenSpec.PrivateSocket(),
                        incoming ->
                                StreamOpener.open(
                                        channels,
                                        scope,
                                        new ClientChannels.Agent(),
                                        incoming.stream()));
        Optional<SandboxListener> listener = listen("agent", Capability.LISTEN_UNIX, spec);
        listener.ifPresent(it -> environment.accept("SSH_AUTH_SOCK", it.bound().toString()));
        return listener.isPresent();
    }

    @Override
    public boolean x11(SessionRequest.X11 request, BiConsumer<String, String> environment)
            throws InterruptedException {
        AtomicReference<Optional<SandboxListener>> mine = new AtomicReference<>(Optional.empty());
        var spec =
                new ListenSpec(
                        new ListenSpec.X11Display(),
                        incoming -> {
                            StreamOpener.open(
                                    channels,
                                    scope,
                                    new ClientChannels.X11(incoming.origin()),
                                    incoming.stream());
                            if (request.single()) {
                                mine.get().ifPresent(SandboxListener::close);
                            }
                        });
        Optional<SandboxListener> listener = listen("x11", Capability.LISTEN_TCP, spec);
        mine.set(listener);
        if (listener.isEmpty()
                || !(listener.get().bound() instanceof Destination.Tcp(_, int port))) {
            return false;
        }
        int display = port - FIRST_DISPLAY_PORT;
        environment.accept("DISPLAY", "localhost:" + display + "." + request.screen());
        if (scope.link().reach() instanceof Reach.Open(SandboxConnection open)) {
            XAuthority.add(open, session, display, request);
        }
        return true;
    }

    private Optional<SandboxListener> listen(String what, Capability needed, ListenSpec spec)
            throws InterruptedException {
        if (!(scope.link().reach() instanceof Reach.Open(SandboxConnection open))) {
            return refuse(what, RefusalCodes.BACKEND_CONNECT_FAILED, "No sandbox");
        }
        if (!open.capabilities().contains(needed)) {
            return refuse(what, RefusalCodes.BACKEND_CAPABILITY, "No " + needed);
        }
        return switch (SandboxListeners.listen(open, spec)) {
            case ListenResult.Listening(SandboxListener listener) -> keep(what, listener);
            case ListenResult.InUse(String message) ->
                    refuse(what, RefusalCodes.FORWARD_LISTEN_FAILED, message);
            case ListenResult.NotPermitted(String message) ->
                    refuse(what, RefusalCodes.FORWARD_LISTEN_FAILED, message);
            case ListenResult.Failed(RefusalCode code, String message) ->
                    refuse(what, code, message);
        };
    }

    private Optional<SandboxListener> keep(String what, SandboxListener listener) {
        boolean late;
        synchronized (this) {
            late = closed;
            listeners.add(listener);
        }
        if (late) {
            listener.close();
        }
        scope.note("forward.listening", Map.of("session", session, "kind", what));
        return Optional.of(listener);
    }

    private Optional<SandboxListener> refuse(String what, RefusalCode code, String message) {
        scope.noteRefusal(
                "forward.refused",
                code,
                Map.of("session", session, "kind", what, "message", message));
        return Optional.empty();
    }

    @Override
    public void close() {
        List<SandboxListener> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(listeners);
            listeners.clear();
        }
        if (!all.isEmpty()) {
            Thread.ofVirtual().start(() -> all.forEach(SandboxListener::close));
        }
    }
}

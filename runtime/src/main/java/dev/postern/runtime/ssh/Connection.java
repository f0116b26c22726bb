// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.backend.Loss;
import dev.postern.api.backend.SandboxProcess.EndReason;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.event.LiveConnections.LiveConnection;
import dev.postern.runtime.auth.Login;
import dev.postern.runtime.config.SshSettings;
import dev.postern.runtime.sandbox.SandboxLink;
import dev.postern.runtime.session.ClientText;
import dev.postern.runtime.session.ConnectionInfo;
import dev.postern.runtime.session.EngineMeters.Stage;
import dev.postern.runtime.session.LiveSet;
import dev.postern.runtime.session.PeerText;
import dev.postern.runtime.session.SessionScope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection from its first octet to its last: the engine's session, the login, the sandbox, and how it all ends. */
final class Connection implements Inbound, LiveSet.Entry {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** How long a client may take to read our last words. */
    private static final long LAST_WORDS_NANOS = Duration.ofSeconds(2).toNanos();

    private final EngineCore engine;
    private final ConnectionInfo info;
    private final SshSettings ssh;
    private final HostKeys hostKeys;
    private final ConnectionIo io;
    private final Admissions.Ticket ticket;
    private final Supplier<Optional<Thread>> reader;
    private final Runnable closedCallback;
    private final Authentication authentication;
    private final Traffic traffic = new Traffic();
    private final Timers timers;

    private final AtomicReference<Optional<RefusalCode>> ending =
            new AtomicReference<>(Optional.empty());
    private final AtomicReference<EndReason> endReason = new AtomicReference<>(EndReason.HANGUP);
    private final AtomicBoolean torn = new AtomicBoolean();
    private volatile @Nullable GatewaySession session;
    private volatile @Nullable Login login;
    private volatile @Nullable SessionScope scope;
    private volatile @Nullable ChannelMux mux;
    private volatile boolean open;
    private volatile long closeAt = Long.MAX_VALUE;
    private Instant since = Instant.EPOCH;

    Connection(
            EngineCore engine,
            ConnectionInfo info,
            ConnectionIo io,
            Admissions.Ticket ticket,
            Supplier<Optional<Thread>> reader,
            Runnable closedCallback) {
        this.engine = engine;
        this.info = info;
        this.io = io;
        this.ticket = ticket;
        this.reader = reader;
        this.closedCallback = closedCallback;
        ssh = engine.parts().ssh().get();
        hostKeys = engine.parts().hostKeys().get();
        authentication = new Authentication(this, this::banner);
        timers = new Timers(this, traffic);
    }

    EngineCore engine() {
        return engine;
    }

    ConnectionInfo info() {
        return info;
    }

    SshSettings ssh() {
        return ssh;
    }

    HostKeys hostKeys() {
        return hostKeys;
    }

    Authentication authentication() {
        return authentication;
    }

    /** Of a connection whose login has succeeded. */
    SessionScope scope() {
        SessionScope now = scope;
        if (now == null) {
            throw new IllegalStateException("The connection has not logged in");
        }
        return now;
    }

    Optional<ChannelMux> mux() {
        return Optional.ofNullable(mux);
    }

    Optional<GatewaySession> session() {
        return Optional.ofNullable(session);
    }

    Optional<Login> login() {
        return Optional.ofNullable(login);
    }

    boolean isOpen() {
        return open;
    }

    // ---- beginning ----

    /** Makes the session and sends our identification; on a virtual thread, before anything is read. */
    void begin() {
        io.addCloseFutureListener(closed -> tearDown());
        ticket.silent(() -> terminate(RefusalCodes.LIMIT_UNAUTHENTICATED));
        try {
            var made = new GatewaySession(engine.server(), io, this);
            EngineServer.configure(made, ssh, hostKeys);
            made.addSessionListener(new KeyListener());
            session = made;
            io.cork();
            try {
                made.begin();
            } finally {
                io.uncork();
            }
        } catch (Exception e) {
            LOG.atError().addKeyValue("connection.id", info.id()).setCause(e).log("No session");
            io.close(true);
        }
    }

    private final class KeyListener implements SessionListener {
        @Override
        public void sessionEvent(Session same, Event event) {
            if (event == Event.KeyEstablished && !traffic.keysCounted()) {
                engine.parts().meters().stage(Stage.KEX, info.route().name(), traffic.sinceBegin());
            }
        }
    }

    private void banner(String text) {
        session().ifPresent(now -> now.sendBanner(text));
    }

    // ---- from the transport ----

    @Override
    public boolean mayBlock() {
        return !open;
    }

    @Override
    public void received(ByteBuffer bytes) {
        GatewaySession now = session;
        if (now == null || isEnding()) {
            // Our last words are on their way; what the client still says does not matter
            bytes.position(bytes.limit());
            return;
        }
        if (traffic.heard()) {
            ticket.heard();
        }
        try {
            now.receive(bytes);
        } catch (Exception e) {
            bytes.position(bytes.limit());
            broken(e);
        }
    }

    @Override
    public void ended(Optional<IOException> cause) {
        cause.ifPresent(it ->
                LOG.atDebug()
                        .addKeyValue("connection.id", info.id())
                        .log("Transport broke: {}", it.getMessage()));
        close();
    }

    /** Something threw while a message was handled. */
    void broken(Throwable cause) {
        if (io.isClosing() || isEnding()) {
            return;
        }
        if (cause instanceof IOException && !(cause instanceof SshException)) {
            close();
            return;
        }
        int reason = SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR;
        if (cause instanceof SshException ssher && ssher.getDisconnectCode() > 0) {
            reason = ssher.getDisconnectCode();
        }
        LOG.atInfo()
                .addKeyValue("connection.id", info.id())
                .addKeyValue("code", RefusalCodes.PROTOCOL_ERROR)
                .log("Protocol error: {}", PeerText.clean(String.valueOf(cause.getMessage())));
        LOG.atDebug().addKeyValue("connection.id", info.id()).setCause(cause).log("Its cause");
        terminate(RefusalCodes.PROTOCOL_ERROR, reason, "Protocol error");
    }

    /** The engine has its own reasons; its words may hold what the peer wrote. */
    void engineDisconnects(int reason, String message) {
        LOG.atInfo()
                .addKeyValue("connection.id", info.id())
                .log("Engine disconnects: {}", PeerText.clean(message));
        terminate(RefusalCodes.PROTOCOL_ERROR, reason, "Protocol error");
    }

    void peerDisconnects(int reason, String message) {
        LOG.atDebug()
                .addKeyValue("connection.id", info.id())
                .addKeyValue("reason", reason)
                .log("Client disconnects: {}", PeerText.clean(message));
        close();
    }

    // ---- login ----

    /** Makes the entry of a login that may succeed. */
    LiveSet.Entry enterLiveSet(Login entering) {
        since = engine.parts().clock().instant();
        login = entering;
        return this;
    }

    /** The login will succeed; everything that its channels need is made before success is sent. */
    void admitted(Login admitted) {
        login = admitted;
        var link =
                new SandboxLink(
                        info, admitted, engine.waker(), engine.parts().meters(), this::sandboxLost);
        scope =
                new SessionScope(
                        info, admitted, link, engine.parts().audit(), engine.parts().meters());
    }

    /** Success has been sent. */
    void loggedIn() {
        ticket.authenticated();
        open = true;
        Login now = scope().login();
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("route", info.route().name());
        fields.put("listener", info.listener().name());
        fields.put("transport", info.client().transport());
        fields.put("login-name", authentication.shownName());
        fields.put("identity", now.actor().toString());
        fields.put("credential", now.credential().toString());
        fields.put("sandbox", now.sandbox().id());
        info.client().address().ifPresent(it -> fields.put("client", it.toString()));
        scope().note("login.granted", fields);
        LOG.atInfo()
                .addKeyValue("connection.id", info.id())
                .addKeyValue("identity", now.actor())
                .addKeyValue("sandbox", PeerText.clean(now.sandbox().id()))
                .log("Logged in");
        engine.parts().live().opened(snapshot());
        mux().ifPresent(it -> new HostKeyProofs(it).announce());
        // An event that came between entering and success has found a login; now it has a session
        // to end
        ending.get()
                .ifPresent(
                        code -> sendLastWords(code, RefusalMapping.disconnect(code), text(code)));
    }

    // ---- channels ----

    void serviceStarted(ChannelMux started) {
        mux = started;
    }

    /** The session is closing: its channels end. */
    void serviceStopped() {
        tearDown();
    }

    void channelOpened(Channel channel) {
        engine.parts().meters().channelOpened(info.route().name(), channel.type());
        scope().note("channel.opened", Map.of("type", channel.type(), "channel", channel.id()));
    }

    void channelClosed(Channel channel) {
        Duration lasted = Duration.ofNanos(System.nanoTime() - channel.openedNanos());
        engine.parts().meters().channelClosed(info.route().name(), channel.type(), lasted);
        scope().note(
                        "channel.closed",
                        Map.of(
                                "type", channel.type(),
                                "channel", channel.id(),
                                "millis", String.valueOf(lasted.toMillis())));
    }

    void countIn(int octets) {
        traffic.in(octets);
    }

    void countOut(int octets) {
        traffic.out(octets);
    }

    /** The client answered one of our questions. */
    void clientAnswered() {
        timers.answered();
    }

    Traffic traffic() {
        return traffic;
    }

    // ---- the live set ----

    @Override
    public LiveConnection snapshot() {
        Login now = login;
        if (now == null) {
            throw new IllegalStateException("The connection has not logged in");
        }
        return new LiveConnection(
                info.id(),
                now.actor(),
                now.credential(),
                now.sandbox(),
                info.route().name(),
                info.client().address(),
                since,
                mux().map(it -> it.channels().size()).orElse(0),
                traffic.totalIn(),
                traffic.totalOut(),
                since.plusNanos(Math.max(0, traffic.lastMovedNanos() - traffic.beginNanos())));
    }

    @Override
    public void end(RefusalCode reason) {
        boolean detach = reason.equals(RefusalCodes.SANDBOX_PAUSING);
        boolean stop = reason.equals(RefusalCodes.GATEWAY_STOPPING);
        endReason.set(detach ? EndReason.FINISHED : stop ? EndReason.HANGUP : EndReason.KILL);
        terminate(reason);
    }

    // ---- the end ----

    private void sandboxLost(Loss loss) {
        LOG.atInfo()
                .addKeyValue("connection.id", info.id())
                .addKeyValue("code", loss.code())
                .log("Sandbox lost: {}", PeerText.clean(loss.message()));
        terminate(loss.code());
    }

    private String text(RefusalCode code) {
        return ClientText.of(code, info.id());
    }

    /** Ends the connection with our reason as last words. */
    void terminate(RefusalCode code) {
        terminate(code, RefusalMapping.disconnect(code), text(code));
    }

    /** Ends the connection; the first reason counts. Any thread; does not block. */
    void terminate(RefusalCode code, int reason, String text) {
        if (!ending.compareAndSet(Optional.empty(), Optional.of(code))) {
            return;
        }
        if (login != null && !open) {
            // Still logging in: the login's own thread sees to it, or the login fails
            closeAt = System.nanoTime() + LAST_WORDS_NANOS;
        }
        Thread.ofVirtual()
                .name("postern-end-" + info.id())
                .start(() -> {
                    // Together, or a client that sees its session end does not read on
                    io.cork();
                    try {
                        endChannels();
                        sendLastWords(code, reason, text);
                    } finally {
                        io.uncork();
                    }
                });
        interruptLogin();
    }

    private boolean isEnding() {
        return ending.get().isPresent();
    }

    /** Whoever waits for an authenticator or a resolver waits in vain. */
    private void interruptLogin() {
        if (!open) {
            reader.get()
                    .filter(thread -> !thread.equals(Thread.currentThread()))
                    .ifPresent(Thread::interrupt);
        }
    }

    private void sendLastWords(RefusalCode code, int reason, String text) {
        closeAt = System.nanoTime() + LAST_WORDS_NANOS;
        GatewaySession now = session;
        if (now == null) {
            io.close(true);
            return;
        }
        LOG.atDebug()
                .addKeyValue("connection.id", info.id())
                .addKeyValue("code", code)
                .log("Disconnecting");
        now.sendDisconnect(reason, text, io::finish);
    }

    /** Ends the transport at once. */
    void close() {
        GatewaySession now = session;
        if (now == null) {
            io.close(true);
        } else {
            now.close(true);
        }
    }

    /** Now and then. */
    void tick(long now) {
        if (now - closeAt >= 0) {
            close();
        } else if (!isEnding()) {
            timers.tick(now);
        }
    }

    private void endChannels() {
        EndReason reason = endReason.get();
        mux().ifPresent(it -> it.channels().forEach(channel -> channel.handler().end(reason)));
    }

    /** Lets go of everything, once, when the transport is gone. */
    private void tearDown() {
        if (!torn.compareAndSet(false, true)) {
            return;
        }
        interruptLogin();
        Thread.ofVirtual().name("postern-end-" + info.id()).start(this::letGo);
    }

    private void letGo() {
        try {
            io.close(true);
            endChannels();
            mux().ifPresent(ChannelMux::abandon);
            SessionScope had = scope;
            if (had != null) {
                had.link().close();
            }
            traffic.report(engine.parts().meters(), info.route().name());
            engine.parts().live().leave(info.id(), open);
            authentication.over(login != null && open);
            auditEnd();
        } finally {
            ticket.close();
            engine.gone(this);
            closedCallback.run();
        }
    }

    private void auditEnd() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("millis", String.valueOf(traffic.sinceBegin().toMillis()));
        fields.put("in", String.valueOf(traffic.totalIn()));
        fields.put("out", String.valueOf(traffic.totalOut()));
        if (open) {
            engine.parts()
                    .audit()
                    .event("connection.closed", Optional.of(info.id()), ending.get(), fields);
        }
    }
}

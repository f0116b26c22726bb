// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.backend.SandboxProcess.EndReason;
import dev.postern.api.error.RefusalCodes;
import dev.postern.runtime.config.SshSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;

/** What time brings about on one connection. One thread; does not block. */
final class Timers {
    private final Connection connection;
    private final Traffic traffic;
    private final AtomicInteger unanswered = new AtomicInteger();
    private long lastAsked;

    Timers(Connection connection, Traffic traffic) {
        this.connection = connection;
        this.traffic = traffic;
        lastAsked = traffic.beginNanos();
    }

    void answered() {
        unanswered.set(0);
    }

    void tick(long now) {
        if (!connection.isOpen()) {
            if (now - traffic.beginNanos() > connection.ssh().loginGrace().toNanos()) {
                connection.terminate(RefusalCodes.AUTH_GRACE);
            }
            return;
        }
        traffic.report(connection.engine().parts().meters(), connection.info().route().name());
        connection.session().ifPresent(GatewaySession::rekeyIfDue);
        endOfSandbox();
        askClient(now);
        idleChannels(now);
        unused(now);
    }

    private void endOfSandbox() {
        Optional<Instant> endsAt = connection.scope().login().endsAt();
        if (endsAt.filter(end -> !connection.engine().parts().clock().instant().isBefore(end))
                .isPresent()) {
            connection.end(RefusalCodes.SANDBOX_ENDED);
        }
    }

    /** As sshd's ClientAliveInterval: anything that the client says counts as an answer. */
    private void askClient(long now) {
        SshSettings settings = connection.ssh();
        long interval = settings.clientAliveInterval().toNanos();
        if (interval <= 0) {
            return;
        }
        if (now - traffic.lastHeardNanos() < interval) {
            unanswered.set(0);
            return;
        }
        if (now - lastAsked < interval) {
            return;
        }
        if (unanswered.get() >= settings.clientAliveCountMax()) {
            connection.terminate(RefusalCodes.CLIENT_LOST);
            return;
        }
        unanswered.incrementAndGet();
        lastAsked = now;
        connection.session().ifPresent(Timers::ask);
    }

    private static void ask(GatewaySession session) {
        Buffer buffer = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
        buffer.putString("keepalive@openssh.com");
        buffer.putBoolean(true);
        session.send(buffer);
    }

    private void idleChannels(long now) {
        Optional<Duration> limit = connection.scope().login().rights().policy().channelTimeout();
        if (limit.isEmpty()) {
            return;
        }
        long most = limit.get().toNanos();
        connection
                .mux()
                .ifPresent(mux ->
                        mux.channels().stream()
                                .filter(it -> now - it.lastMovedNanos() > most)
                                .forEach(Timers::closeIdle));
    }

    private static void closeIdle(Channel channel) {
        channel.handler().end(EndReason.HANGUP);
        channel.close();
    }

    private void unused(long now) {
        Optional<Duration> limit =
                connection.scope().login().rights().policy().unusedConnectionTimeout();
        connection
                .mux()
                .filter(mux ->
                        limit.isPresent()
                                && mux.channels().isEmpty()
                                && now - mux.lastClosedNanos() > limit.get().toNanos())
                .ifPresent(mux -> connection.terminate(RefusalCodes.LIMIT_IDLE));
    }
}

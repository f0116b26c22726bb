// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.auth.CredentialRef;
import dev.postern.api.auth.Identity;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.event.LiveConnections.LiveConnection;
import dev.postern.api.event.SessionObserver;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.runtime.session.LiveSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SessionObserversTest {
    private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z");

    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final SessionObserver observer =
            new SessionObserver() {
                @Override
                public void opened(LiveConnection connection) {
                    heard.add("opened " + connection.id());
                    throw new IllegalStateException("not repeated");
                }

                @Override
                public void active(List<LiveConnection> connections) {
                    heard.add("active " + connections.stream().map(LiveConnection::id).toList());
                }

                @Override
                public void closed(LiveConnection connection) {
                    heard.add("closed " + connection.id());
                }
            };

    private static LiveSet.Entry entry(String id, Instant lastActivity) {
        return new LiveSet.Entry() {
            @Override
            public LiveConnection snapshot() {
                return new LiveConnection(
                        id,
                        new Identity("keys", "ann"),
                        new CredentialRef("keys", "k"),
                        new SandboxRef("registry", "box", "", "local", Map.of()),
                        "main",
                        Optional.empty(),
                        SINCE,
                        1,
                        0,
                        0,
                        lastActivity);
            }

            @Override
            public void end(RefusalCode reason) {}
        };
    }

    private String next() throws InterruptedException {
        return Optional.ofNullable(heard.poll(30, TimeUnit.SECONDS)).orElse("nothing");
    }

    @Test
    void anObserverHearsInOrderWhatHappensAndOnlyOfThoseThatMoved() throws InterruptedException {
        LiveSet live = new LiveSet();
        try (SessionObservers observers =
                new SessionObservers("platform", observer, live, Duration.ofMillis(200))) {
            live.addListener(observers);
            LiveSet.Entry busy = entry("busy", SINCE.plusSeconds(5));
            LiveSet.Entry idle = entry("idle", SINCE);
            live.enter("busy", busy);
            live.enter("idle", idle);
            live.opened(busy.snapshot());
            assertThat(next()).isEqualTo("opened busy");
            assertThat(next()).isEqualTo("active [busy]");
            live.leave("busy", true);
            assertThat(next()).isEqualTo("closed busy");
            live.leave("idle", false);
        }
        assertThat(heard).isEmpty();
    }
}

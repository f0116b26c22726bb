// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.runtime.config.LimitSettings;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Counts connections, those that have not authenticated also by their source, and refuses what is over the limits. */
final class Admissions {
    /** One customer's IPv6 network. */
    private static final int NETWORK_OCTETS = 8;

    /** A client says its name at once, as we do; a slow network takes less than this. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int MOST_LOOKED_AT = 1000;

    private final Supplier<LimitSettings> limits;
    private final Set<Ticket> silent = new LinkedHashSet<>();
    private final Map<String, Integer> sources = new HashMap<>();
    private int connections;
    private int unauthenticated;

    Admissions(Supplier<LimitSettings> limits) {
        this.limits = limits;
    }

    /** A connection that was let in; each method counts once. */
    final class Ticket {
        private final Optional<String> source;
        private final long since = System.nanoTime();
        private Runnable evict = () -> {};
        private boolean waiting = true;
        private boolean open = true;

        private Ticket(Optional<String> source) {
            this.source = source;
        }

        /** As long as it says nothing it may have to make room for others; the action then ends it. */
        void silent(Runnable whenEvicted) {
            synchronized (Admissions.this) {
                evict = whenEvicted;
                silent.add(this);
            }
        }

        /** It has said something. */
        void heard() {
            synchronized (Admissions.this) {
                silent.remove(this);
            }
        }

        /** It has authenticated. */
        void authenticated() {
            synchronized (Admissions.this) {
                silent.remove(this);
                if (waiting) {
                    waiting = false;
                    unauthenticated--;
                    source.ifPresent(it -> sources.merge(it, -1, Admissions::sumOrNothing));
                }
            }
        }

        /** It is gone. */
        void close() {
            authenticated();
            synchronized (Admissions.this) {
                if (open) {
                    open = false;
                    connections--;
                }
            }
        }
    }

    @SuppressWarnings("NullAway") // Null takes the entry away
    private static Integer sumOrNothing(int before, int change) {
        return before + change == 0 ? null : before + change;
    }

    /**
     * Why a connection from there may not come in now; nothing if it may. Where too many have not authenticated, the one that
     * has been silent for longest makes room, so that connections which say nothing keep nobody out.
     */
    Optional<RefusalCode> refusal(Optional<InetSocketAddress> client) {
        Optional<Ticket> victim;
        synchronized (this) {
            LimitSettings now = limits.get();
            if (connections >= now.connections()) {
                return Optional.of(RefusalCodes.LIMIT_CONNECTIONS);
            }
            Optional<String> source = source(client);
            int same = source.map(it -> sources.getOrDefault(it, 0)).orElse(0);
            boolean crowded = same >= now.unauthenticatedPerSource();
            if (!crowded && unauthenticated < now.unauthenticated()) {
                return Optional.empty();
            }
            victim = victim(source.filter(it -> crowded));
            victim.ifPresent(Ticket::authenticated);
        }
        victim.ifPresent(it -> it.evict.run());
        return victim.isPresent()
                ? Optional.empty()
                : Optional.of(RefusalCodes.LIMIT_UNAUTHENTICATED);
    }

    private Optional<Ticket> victim(Optional<String> source) {
        long now = System.nanoTime();
        return silent.stream()
                .limit(MOST_LOOKED_AT)
                .takeWhile(it -> now - it.since > PATIENCE_NANOS)
                .filter(it -> source.isEmpty() || source.equals(it.source))
                .findFirst();
    }

    /** Counts a connection in. */
    synchronized Ticket enter(Optional<InetSocketAddress> client) {
        Optional<String> source = source(client);
        connections++;
        unauthenticated++;
        source.ifPresent(it -> sources.merge(it, 1, Integer::sum));
        return new Ticket(source);
    }

    synchronized int connections() {
        return connections;
    }

    private static Optional<String> source(Optional<InetSocketAddress> client) {
        return client.flatMap(it -> Optional.ofNullable(it.getAddress())).map(Admissions::network);
    }

    private static String network(InetAddress address) {
        byte[] octets = address.getAddress();
        return HexFormat.of()
                .formatHex(
                        address instanceof Inet6Address
                                ? Arrays.copyOf(octets, NETWORK_OCTETS)
                                : octets);
    }
}

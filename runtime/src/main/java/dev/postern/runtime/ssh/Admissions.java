// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.runtime.config.LimitSettings;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Counts connections, those that have not authenticated also by their source, and refuses what is over the limits. */
final class Admissions {
    /** One customer's IPv6 network. */
    private static final int NETWORK_OCTETS = 8;

    private final Supplier<LimitSettings> limits;
    private final Map<String, Integer> sources = new HashMap<>();
    private int connections;
    private int unauthenticated;

    Admissions(Supplier<LimitSettings> limits) {
        this.limits = limits;
    }

    /** A connection that was let in; each method counts once. */
    final class Ticket {
        private final Optional<String> source;
        private boolean waiting = true;
        private boolean open = true;

        private Ticket(Optional<String> source) {
            this.source = source;
        }

        /** It has authenticated. */
        void authenticated() {
            synchronized (Admissions.this) {
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

    /** Why a connection from there may not come in now; nothing if it may. */
    synchronized Optional<RefusalCode> refusal(Optional<InetSocketAddress> client) {
        LimitSettings now = limits.get();
        if (connections >= now.connections()) {
            return Optional.of(RefusalCodes.LIMIT_CONNECTIONS);
        }
        int same = source(client).map(it -> sources.getOrDefault(it, 0)).orElse(0);
        if (unauthenticated >= now.unauthenticated() || same >= now.unauthenticatedPerSource()) {
            return Optional.of(RefusalCodes.LIMIT_UNAUTHENTICATED);
        }
        return Optional.empty();
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

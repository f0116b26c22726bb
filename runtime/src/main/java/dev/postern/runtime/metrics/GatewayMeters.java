// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.metrics;

import java.util.List;
import java.util.Locale;

/**
 * Every meter of the gateway itself. Tags have few values: names of the configuration, constants, and refusal codes;
 * never a user, a key or an address.
 */
public enum GatewayMeters {
    /** Connections that are open, authenticated or not. */
    CONNECTIONS_ACTIVE("postern.connections.active", Type.GAUGE, "", "listener"),
    /** Connections that came in. */
    CONNECTIONS_OPENED("postern.connections.opened", Type.COUNTER, "", "listener"),
    /** Connections that were turned away before a byte was read. */
    CONNECTIONS_REJECTED("postern.connections.rejected", Type.COUNTER, "", "listener", "code"),
    /** Authenticated connections. */
    SESSIONS_LIVE("postern.sessions.live", Type.GAUGE, ""),
    /** Logins that were tried to their end; the result is {@code success} or the code of the refusal. */
    AUTH_ATTEMPTS("postern.auth.attempts", Type.COUNTER, "", "route", "method", "result"),
    /** How long a stage of a connection's set-up took. */
    STAGE("postern.stage.duration", Type.TIMER, "seconds", "stage", "route"),
    /** Channels that are open. */
    CHANNELS_ACTIVE("postern.channels.active", Type.GAUGE, "", "route", "type"),
    /** How long channels were open; its count is the number of channels that have ended. */
    CHANNEL_DURATION("postern.channel.duration", Type.TIMER, "seconds", "route", "type"),
    /** Channels and requests that were refused. */
    REFUSALS("postern.refusals", Type.COUNTER, "", "route", "code"),
    /** Channel data; the direction is {@code in} (from clients) or {@code out}. */
    TRAFFIC("postern.traffic", Type.COUNTER, "bytes", "route", "direction"),
    /** Calls of plugins that threw what they must not throw. */
    PLUGIN_FAILURES("postern.plugin.failures", Type.COUNTER, "", "plugin", "method"),
    /** Audit events that found no room before a slow sink. */
    AUDIT_DROPPED("postern.audit.dropped", Type.COUNTER, "", "sink"),
    /** Batches of audit events that a sink did not take. */
    AUDIT_FAILURES("postern.audit.failures", Type.COUNTER, "", "sink");

    /** What a meter is. */
    public enum Type {
        /** Goes up and down. */
        GAUGE,
        /** Only grows. */
        COUNTER,
        /** Counts and sums times, with a histogram. */
        TIMER
    }

    private final String meterName;
    private final Type type;
    private final String unit;

    // Made by List.of, which nobody can change.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> tags;

    GatewayMeters(String meterName, Type type, String unit, String... tags) {
        this.meterName = meterName;
        this.type = type;
        this.unit = unit;
        this.tags = List.of(tags);
    }

    /** The dotted name. */
    public String meterName() {
        return meterName;
    }

    /** What it is. */
    public Type type() {
        return type;
    }

    /** The base unit; empty where things are counted. */
    public String unit() {
        return unit;
    }

    /** The tag keys, in the order of the values. */
    public List<String> tags() {
        return tags;
    }

    /** The table for the documentation, as Markdown. */
    public static String markdown() {
        StringBuilder table =
                new StringBuilder("| meter | type | unit | tags |\n|---|---|---|---|\n");
        for (GatewayMeters meter : values()) {
            table.append("| `")
                    .append(meter.meterName)
                    .append("` | ")
                    .append(meter.type.name().toLowerCase(Locale.ROOT))
                    .append(" | ")
                    .append(meter.unit)
                    .append(" | ")
                    .append(String.join(", ", meter.tags))
                    .append(" |\n");
        }
        return table.toString();
    }
}

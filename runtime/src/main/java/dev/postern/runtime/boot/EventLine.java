// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/**
 * One event, one line: {@code time=... level=... logger=... key=value msg="..."}. A cause is told as a chain of sentences;
 * its stack is added, still on the line, only where the logger is at DEBUG.
 */
public final class EventLine extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
                    .withZone(ZoneId.systemDefault());
    private static final int MOST_CAUSES = 5;

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        line.append("time=");
        TIME.formatTo(event.getInstant(), line);
        line.append(" level=").append(event.getLevel());
        String logger = event.getLoggerName();
        line.append(" logger=").append(logger.substring(logger.lastIndexOf('.') + 1));
        for (Map.Entry<String, String> entry : event.getMDCPropertyMap().entrySet()) {
            pair(line, entry.getKey(), entry.getValue());
        }
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                pair(line, pair.key, String.valueOf(pair.value));
            }
        }
        line.append(" msg=");
        quoted(line, event.getFormattedMessage());
        if (event.getThrowableProxy() != null) {
            line.append(" cause=");
            quoted(line, causes(event.getThrowableProxy()));
            if (isDebug(event)) {
                line.append(" stack=");
                quoted(line, ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
        return line.append('\n').toString();
    }

    private static boolean isDebug(ILoggingEvent event) {
        return LoggerFactory.getLogger(event.getLoggerName()) instanceof Logger logger
                && logger.isEnabledFor(Level.DEBUG);
    }

    private static String causes(IThrowableProxy thrown) {
        StringBuilder text = new StringBuilder();
        IThrowableProxy next = thrown;
        for (int i = 0; next != null && i < MOST_CAUSES; i++) {
            String type = next.getClassName();
            text.append(i == 0 ? "" : " <- ").append(type.substring(type.lastIndexOf('.') + 1));
            if (next.getMessage() != null) {
                text.append(": ").append(next.getMessage());
            }
            next = next.getCause();
        }
        return text.toString();
    }

    private static void pair(StringBuilder line, String key, String value) {
        line.append(' ').append(key).append('=');
        if (!value.isEmpty() && value.chars().allMatch(EventLine::plain)) {
            line.append(value);
        } else {
            quoted(line, value);
        }
    }

    private static boolean plain(int c) {
        return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
    }

    private static void quoted(StringBuilder line, String text) {
        line.append('"');
        text.codePoints()
                .forEach(c -> {
                    switch (c) {
                        case '"' -> line.append("\\\"");
                        case '\\' -> line.append("\\\\");
                        case '\n' -> line.append("\\n");
                        case '\r' -> line.append("\\r");
                        case '\t' -> line.append("\\t");
                        default -> {
                            if (Character.isISOControl(c)
                                    || Character.getType(c) == Character.FORMAT) {
                                line.append(String.format("\\u{%x}", c));
                            } else {
                                line.appendCodePoint(c);
                            }
                        }
                    }
                });
        line.append('"');
    }
}

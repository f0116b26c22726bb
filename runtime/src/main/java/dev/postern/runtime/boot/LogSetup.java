// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Locale;
import java.util.Map;

/**
 * How the gateway logs where nobody has said otherwise: one event a line to standard error, INFO and above. Asked by
 * Logback after any {@code logback.xml}; the level is taken from {@code POSTERN_LOG_LEVEL}.
 */
@ConfiguratorRank(ConfiguratorRank.FALLBACK + 1)
public final class LogSetup extends ContextAwareBase implements Configurator {
    /** Libraries that tell at INFO what no operator asked for. */
    private static final Map<String, Level> QUIET =
            Map.of(
                    "org.eclipse.jetty", Level.WARN,
                    "com.zaxxer.hikari", Level.WARN,
                    "org.apache.sshd", Level.WARN,
                    "io.micrometer", Level.WARN,
                    // Its parent class is MINA's and logs in its name; Connection says it better.
                    "dev.postern.runtime.ssh.GatewaySession", Level.WARN);

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        EventLine layout = new EventLine();
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        String level = System.getenv().getOrDefault("POSTERN_LOG_LEVEL", "info");
        Level wanted = Level.toLevel(level.toUpperCase(Locale.ROOT), Level.INFO);
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(wanted);
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(appender);
        if (wanted.isGreaterOrEqual(Level.INFO)) {
            QUIET.forEach((name, quiet) -> context.getLogger(name).setLevel(quiet));
        }
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}

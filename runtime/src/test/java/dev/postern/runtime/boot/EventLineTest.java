// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class EventLineTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("test.of.EventLine");
    private final ListAppender<ILoggingEvent> events = new ListAppender<>();

    @BeforeEach
    void listen() {
        events.start();
        logger.addAppender(events);
        logger.setAdditive(false);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(events);
    }

    private String line() {
        return new EventLine().doLayout(events.list.getLast());
    }

    @Test
    void anEventIsOneLineOfKeysAndValues() {
        logger.atInfo()
                .addKeyValue("listener", "ssh")
                .addKeyValue("why", "two words")
                .log("Login \"refused\"");
        assertThat(line())
                .matches(
                        "time=\\S+ level=INFO logger=EventLine listener=ssh why=\"two words\""
                                + " msg=\"Login \\\\\"refused\\\\\"\"\n");
    }

    @Test
    void nothingOfAPeerBreaksTheLine() {
        logger.atWarn().addKeyValue("user", "a\nlevel=ERROR\u001b[2J\u202e").log("x");
        assertThat(line()).contains("user=\"a\\nlevel=ERROR\\u{1b}[2J\\u{202e}\"").hasLineCount(1);
    }

    @Test
    void aCauseIsToldWithoutItsStack() {
        logger.atError()
                .setCause(new IllegalStateException("outer", new java.io.IOException("inner")))
                .log("It failed");
        assertThat(line())
                .contains("cause=\"IllegalStateException: outer <- IOException: inner\"")
                .doesNotContain("stack=")
                .hasLineCount(1);
        logger.setLevel(Level.DEBUG);
        logger.atError().setCause(new IllegalStateException("outer")).log("It failed");
        assertThat(line())
                .contains("stack=\"java.lang.IllegalStateException: outer\\n")
                .hasLineCount(1);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A program that has ended.
 *
 * @param command what ran
 * @param status its exit status
 * @param stdout where its output is
 * @param stderr where its complaints are
 */
public record Finished(List<String> command, int status, Path stdout, Path stderr) {
    private static final int SHOWN = 4000;

    /** Its output as text. */
    public String out() {
        return read(stdout);
    }

    /** Its complaints as text. */
    public String err() {
        return read(stderr);
    }

    /** Fails, with everything it said, unless it ended with 0. */
    public Finished ok() {
        return exits(0);
    }

    /** Fails, with everything it said, unless it ended with a status. */
    public Finished exits(int expected) {
        assertThat(status).as(this::describe).isEqualTo(expected);
        return this;
    }

    /** For the message of a failed assertion. */
    public String describe() {
        return String.join(" ", command)
                + "\n--- exit status "
                + status
                + "\n--- stdout\n"
                + cut(out())
                + "\n--- stderr\n"
                + cut(err())
                + "\n---";
    }

    private static String cut(String text) {
        return text.length() <= SHOWN ? text : "..." + text.substring(text.length() - SHOWN);
    }

    private static String read(Path file) {
        try {
            return Files.size(file) > (1 << 20)
                    ? "(" + Files.size(file) + " octets)"
                    : new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** A program that runs beside the test; closing it ends it. */
public final class Running implements AutoCloseable {
    private final List<String> command;
    private final Process process;
    private final Path stdout;
    private final Path stderr;

    Running(List<String> command, Process process, Path stdout, Path stderr) {
        this.command = List.copyOf(command);
        this.process = process;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /** Its input. */
    public OutputStream in() {
        return process.getOutputStream();
    }

    /** Writes to its input. */
    public void type(String text) {
        try {
            in().write(text.getBytes(StandardCharsets.UTF_8));
            in().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(describe(), e);
        }
    }

    /** Its output so far. */
    public String out() {
        return read(stdout);
    }

    /** Its complaints so far. */
    public String err() {
        return read(stderr);
    }

    /** Whether it has not ended. */
    public boolean alive() {
        return process.isAlive();
    }

    /** Waits for a condition; fails if the program ends before it holds. */
    public void await(String what, BooleanSupplier condition) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    boolean ended = !process.isAlive();
                    if (condition.getAsBoolean()) {
                        return true;
                    }
                    if (ended) {
                        throw new AssertionError("Ended before " + what + ": " + describe());
                    }
                    return false;
                });
    }

    /** Waits for its end. */
    public Finished end() throws InterruptedException {
        if (!process.waitFor(Workbench.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("Did not end: " + describe());
        }
        return new Finished(command, process.exitValue(), stdout, stderr);
    }

    /** Asks it to end, and waits. */
    public void stop() {
        close();
    }

    /** Ends it as {@code kill -9} does. */
    public void kill() {
        process.destroyForcibly();
    }

    private String describe() {
        return String.join(" ", command)
                + "\n--- stdout\n"
                + out()
                + "\n--- stderr\n"
                + err()
                + "\n---";
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Runs other people's programs with a bound on how long they may hang. */
final class Programs {
    private static final Duration HANG = Duration.ofMinutes(2);

    private Programs() {}

    static Result run(List<String> command) {
        return run(command, new byte[0], Map.of());
    }

    static Result run(List<String> command, byte[] stdin, Map<String, String> environment) {
        return finish(start(command, environment), stdin);
    }

    static Process start(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + command.getFirst(), e);
        }
    }

    static Result finish(Process process, byte[] stdin) {
        CompletableFuture<byte[]> out = drain(process.getInputStream());
        CompletableFuture<byte[]> err = drain(process.getErrorStream());
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(stdin);
            } catch (IOException e) {
                // The program did not want all of it; its exit status tells.
            }
            if (!process.waitFor(HANG.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("hangs: " + process.info().commandLine().orElse("?"));
            }
            return new Result(process.exitValue(), out.join(), err.join());
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static CompletableFuture<byte[]> drain(InputStream stream) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return stream.readAllBytes();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                task -> Thread.ofPlatform().daemon().start(task));
    }

    /** Waits for a condition; the bound only stops a hang. */
    static void eventually(String what, Duration bound, BooleanSupplier condition) {
        long end = System.nanoTime() + bound.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + bound.toSeconds() + " s: " + what);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** Processes of this host whose command line holds a text. */
    static long countProcesses(String text) {
        return ProcessHandle.allProcesses()
                .filter(p -> commandLine(p.pid()).contains(text))
                .count();
    }

    private static String commandLine(long pid) {
        try {
            return java.nio.file.Files.readString(
                            java.nio.file.Path.of("/proc/" + pid + "/cmdline"),
                            java.nio.charset.StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }
}

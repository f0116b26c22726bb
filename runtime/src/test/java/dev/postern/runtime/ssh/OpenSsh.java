// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.value.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The stock ssh client. */
final class OpenSsh {
    private static final long PATIENCE_SECONDS = 60;

    private final TestGateway gateway;
    private final Path key;

    OpenSsh(TestGateway gateway, Path directory) {
        this.gateway = gateway;
        key = newKey(directory, "id");
    }

    static Path newKey(Path directory, String name) {
        Path file = directory.resolve(name);
        try {
            Process made =
                    new ProcessBuilder(
                                    "ssh-keygen",
                                    "-q",
                                    "-t",
                                    "ed25519",
                                    "-N",
                                    "",
                                    "-f",
                                    file.toString())
                            .inheritIO()
                            .start();
            if (made.waitFor() != 0 || !Files.exists(file)) {
                throw new IllegalStateException("ssh-keygen failed");
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return file;
    }

    /** How it ended. */
    record Result(int status, Bytes out, String err) {
        String text() {
            return out.text();
        }
    }

    List<String> command(List<String> options, String... words) {
        List<String> command = new ArrayList<>(List.of("ssh", "-F", "none"));
        // ssh keeps the first value of an option
        command.addAll(options);
        for (String option :
                List.of(
                        "StrictHostKeyChecking=no",
                        "UserKnownHostsFile=/dev/null",
                        "IdentitiesOnly=yes",
                        "BatchMode=yes",
                        "LogLevel=ERROR")) {
            command.add("-o");
            command.add(option);
        }
        command.addAll(List.of("-i", key.toString(), "-p", String.valueOf(gateway.port())));
        command.add(TestGateway.SANDBOX + "@127.0.0.1");
        command.addAll(List.of(words));
        return command;
    }

    Process start(List<String> options, String... words) throws IOException {
        return new ProcessBuilder(command(options, words)).start();
    }

    Result run(String... words) throws Exception {
        return run(new byte[0], List.of(), words);
    }

    Result run(byte[] in, List<String> options, String... words) throws Exception {
        Process process = start(options, words);
        CompletableFuture<byte[]> out = read(process.getInputStream());
        CompletableFuture<byte[]> err = read(process.getErrorStream());
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(in);
        } catch (IOException e) {
            // It ended without reading
            out.join();
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("ssh did not end");
        }
        return new Result(
                process.exitValue(),
                Bytes.of(out.join()),
                new String(err.join(), StandardCharsets.UTF_8));
    }

    static CompletableFuture<byte[]> read(InputStream stream) {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    var bytes = new ByteArrayOutputStream();
                    try (stream) {
                        stream.transferTo(bytes);
                    } catch (IOException e) {
                        result.completeExceptionally(e);
                        return;
                    }
                    result.complete(bytes.toByteArray());
                });
        return result;
    }
}

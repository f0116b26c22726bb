// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** OpenSSH's own ssh-keygen, the oracle of these tests. */
final class SshKeygen {
    private final Path folder;

    SshKeygen(Path folder) {
        this.folder = folder;
    }

    /** Makes a key pair and answers the private file. */
    Path make(String type, int bits) {
        Path file = folder.resolve(type + bits + "-" + System.nanoTime());
        List<String> command =
                new ArrayList<>(
                        List.of("-q", "-t", type, "-N", "", "-C", "my comment", "-f", "" + file));
        if (bits > 0) {
            command.addAll(List.of("-b", String.valueOf(bits)));
        }
        run(command.toArray(String[]::new));
        return file;
    }

    /** Runs it; what it says. */
    String run(String... arguments) {
        Outcome outcome = attempt(arguments);
        assertThat(outcome.status()).as(outcome.text()).isZero();
        return outcome.text();
    }

    /** What it said, and its exit status. */
    record Outcome(int status, String text) {}

    /** Runs it, whatever the exit status. */
    Outcome attempt(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ssh-keygen"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), text);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Writes a file that only its owner reads. */
    Path write(String name, String text) {
        return write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a file that only its owner reads. */
    Path write(String name, byte[] octets) {
        try {
            Path file = folder.resolve(name);
            Files.write(file, octets);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The public line beside a private file. */
    static String publicLine(Path privateFile) {
        return read(Path.of(privateFile + ".pub"));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.error.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostKeyFilesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void keysAreMadeOnceAndReadByOpenSsh() throws IOException, InterruptedException {
        Path keys = directory.resolve("host-keys");
        List<Path> made = HostKeyFiles.ensure(keys);
        assertThat(HostKeyFiles.ensure(keys)).isEqualTo(made);
        HostKeys read = HostKeyFiles.read(made, List.of());
        assertThat(HostPublicKeys.of(read))
                .extracting(it -> it.algorithm())
                .containsExactly("ssh-ed25519", "ssh-rsa");
        for (int i = 0; i < made.size(); i++) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.get(i))))
                    .isEqualTo("rw-------");
            assertThat(run("ssh-keygen", "-y", "-f", made.get(i).toString()))
                    .startsWith(HostPublicKeys.of(read).get(i).line());
        }
        assertThat(run("ssh-keygen", "-l", "-f", made.getLast().toString())).startsWith("3072 ");
    }

    @Test
    void keysOfOpenSshServeAndOthersAreAnnounced() throws IOException, InterruptedException {
        Path ecdsa = directory.resolve("ecdsa");
        Path next = directory.resolve("next");
        run("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", ecdsa.toString());
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", next.toString());
        HostKeys keys = HostKeyFiles.read(List.of(ecdsa), List.of(next));
        assertThat(keys.serving()).hasSize(1);
        assertThat(keys.announced()).hasSize(1);
        assertThat(HostPublicKeys.of(keys))
                .extracting(it -> it.line())
                .allSatisfy(line ->
                        assertThat(
                                        Files.readString(ecdsa.resolveSibling("ecdsa.pub"))
                                                + Files.readString(next.resolveSibling("next.pub")))
                                .contains(line));
    }

    @Test
    void aFileThatCannotServeIsRefusedByName() throws IOException, InterruptedException {
        Path open = directory.resolve("open");
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", open.toString());
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        refused(open, "is open to others, expected mode 0600");
        refused(directory.resolve("missing"), "cannot be read");
        Path nonsense =
                Files.createFile(
                        directory.resolve("nonsense"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Files.writeString(nonsense, "nonsense\n");
        refused(nonsense, "'" + nonsense + "'");
        Path locked = directory.resolve("locked");
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "pass phrase", "-f", locked.toString());
        refused(locked, "'" + locked + "'");
    }

    private static void refused(Path file, String message) {
        assertThatThrownBy(() -> HostKeyFiles.read(List.of(file), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** OpenSSH's own sftp client against the server, without SSH in between ({@code sftp -D}). */
@Timeout(180)
final class SftpServerIT {
    @TempDir Path temporary;

    private Path home;
    private Path local;
    private Path wrapper;

    @BeforeEach
    void prepare() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/sftp")), "OpenSSH's sftp is not installed");
        home = Files.createDirectory(temporary.resolve("home")).toRealPath();
        local = Files.createDirectory(temporary.resolve("local"));
        wrapper = temporary.resolve("server.sh");
        String line =
                SftpOverStdio.command("sftp", home.toString()).stream()
                        .map(word -> "'" + word + "'")
                        .collect(Collectors.joining(" "));
        Files.writeString(wrapper, "#!/bin/sh\nexec " + line + "\n");
        Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwx------"));
    }

    private String sftp(String... commands) throws Exception {
        Path batch =
                Files.writeString(temporary.resolve("batch"), String.join("\n", commands) + "\n");
        Path output = temporary.resolve("output");
        Process process =
                new ProcessBuilder(
                                "/usr/bin/sftp", "-b", batch.toString(), "-D", wrapper.toString())
                        .directory(local.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        String text = Files.readString(output);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }

    @Test
    void copiesBothWaysBitExact() throws Exception {
        byte[] data = new byte[20_000_001];
        new Random(3).nextBytes(data);
        Files.write(local.resolve("data"), data);

        sftp("put -p data up", "get -p up down", "ls -l up");

        assertThat(home.resolve("up")).hasBinaryContent(data);
        assertThat(local.resolve("down")).hasBinaryContent(data);
        assertThat(Files.getLastModifiedTime(local.resolve("down")).to(TimeUnit.SECONDS))
                .isEqualTo(Files.getLastModifiedTime(local.resolve("data")).to(TimeUnit.SECONDS));
    }

    @Test
    void copiesTreesAndChangesThem() throws Exception {
        Path tree = Files.createDirectories(local.resolve("tree/inner"));
        for (int i = 0; i < 300; i++) {
            Files.writeString(tree.resolve("file-" + i), "content " + i);
        }

        String output =
                sftp(
                        "put -R tree",
                        "cp tree/inner/file-1 tree/copied",
                        "rename tree/inner/file-2 tree/inner/file-3",
                        "ln -s inner/file-4 tree/link",
                        "ln tree/inner/file-5 tree/hard",
                        "chmod 600 tree/hard",
                        "rm tree/inner/file-6",
                        "mkdir tree/empty",
                        "rmdir tree/empty",
                        "df -h .",
                        "pwd",
                        "ls -la tree",
                        "get -R tree back");

        assertThat(home.resolve("tree/copied")).hasContent("content 1");
        assertThat(home.resolve("tree/inner/file-3")).hasContent("content 2");
        assertThat(Files.readSymbolicLink(home.resolve("tree/link"))).hasToString("inner/file-4");
        assertThat(Files.getPosixFilePermissions(home.resolve("tree/inner/file-5")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(home.resolve("tree/inner/file-6")).doesNotExist();
        assertThat(home.resolve("tree/empty")).doesNotExist();
        assertThat(local.resolve("back/inner/file-299")).hasContent("content 299");
        assertThat(output).contains("Remote working directory: " + home).contains("%Capacity");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** OpenSSH's own scp in its old protocol against the server, with a program in the place of ssh ({@code scp -S}). */
@Timeout(180)
final class ScpServerIT {
    @TempDir Path temporary;

    private Path home;
    private Path local;
    private Path wrapper;

    @BeforeEach
    void prepare() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/scp")), "OpenSSH's scp is not installed");
        home = Files.createDirectory(temporary.resolve("home")).toRealPath();
        local = Files.createDirectory(temporary.resolve("local"));
        wrapper = temporary.resolve("ssh.sh");
        String line =
                SftpOverStdio.command("scp", home.toString()).stream()
                        .map(word -> "'" + word + "'")
                        .collect(Collectors.joining(" "));
        // The last argument that scp gives to ssh is the command.
        Files.writeString(
                wrapper, "#!/bin/sh\nfor last; do :; done\nexec " + line + " \"$last\"\n");
        Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwx------"));
    }

    private int scp(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("/usr/bin/scp", "-O", "-q", "-S", wrapper.toString()));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .directory(local.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(temporary.resolve("output").toFile())
                        .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String output() throws Exception {
        return Files.readString(temporary.resolve("output"));
    }

    @Test
    void copiesBothWaysBitExact() throws Exception {
        byte[] data = new byte[9_000_001];
        new Random(4).nextBytes(data);
        Path file = Files.write(local.resolve("a file"), data);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-----"));
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_600_000_000)));

        assertThat(scp("-p", "a file", "x:'there it is'")).as(output()).isZero();
        Path there = home.resolve("there it is");
        assertThat(there).hasBinaryContent(data);
        assertThat(Files.getLastModifiedTime(there).toInstant())
                .isEqualTo(Instant.ofEpochSecond(1_600_000_000));
        assertThat(Files.getPosixFilePermissions(there))
                .isEqualTo(PosixFilePermissions.fromString("rwxr-----"));

        assertThat(scp("x:there\\ it\\ is", "back")).as(output()).isZero();
        assertThat(local.resolve("back")).hasBinaryContent(data);
    }

    @Test
    void copiesTreesAndPatterns() throws Exception {
        Path inner = Files.createDirectories(local.resolve("tree/inner"));
        for (int i = 0; i < 50; i++) {
            Files.writeString(inner.resolve("file-" + i), "content " + i);
        }
        Files.createFile(local.resolve("tree/empty"));

        assertThat(scp("-r", "tree", "x:")).as(output()).isZero();
        assertThat(home.resolve("tree/inner/file-49")).hasContent("content 49");
        assertThat(home.resolve("tree/empty")).isEmptyFile();
        assertThat(scp("-r", "x:tree", "again")).as(output()).isZero();
        assertThat(local.resolve("again/inner/file-7")).hasContent("content 7");
        Files.createDirectory(local.resolve("some"));
        assertThat(scp("x:tree/inner/file-[12]", "some")).as(output()).isZero();
        assertThat(scp("x:~/tree/*/*-4?", "some")).as(output()).isZero();
        assertThat(local.resolve("some").toFile().list()).hasSize(12);
        Files.writeString(home.resolve("longer"), "much longer than what comes");
        assertThat(scp("tree/inner/file-0", "x:longer")).as(output()).isZero();
        assertThat(home.resolve("longer")).hasContent("content 0");
    }

    @Test
    void saysWhatFailedAndGoesOn() throws Exception {
        Files.writeString(home.resolve("there"), "there");
        Files.createDirectory(home.resolve("directory"));

        assertThat(scp("x:missing", "x:directory", "x:there", ".")).isEqualTo(1);
        assertThat(output())
                .contains("scp: missing: No such file")
                .contains("scp: directory: not a regular file");
        assertThat(local.resolve("there")).hasContent("there");
        assertThat(scp("there", "x:no/such/directory/at/all")).isEqualTo(1);
        assertThat(output()).contains("No such file");
        Files.writeString(local.resolve("two"), "2");
        assertThat(scp("there", "two", "x:there")).isEqualTo(1);
        assertThat(output()).contains("Not a directory");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.Capability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSH's programs that copy files. */
abstract class OpenSshFileChecks {
    abstract Workbench bench();

    @BeforeEach
    void needsFiles() {
        bench().needsHere("sftp");
        bench().needsSftp();
        bench().needs(Capability.EXEC);
    }

    private Finished sftp(List<String> options, String... batch) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("sftp", "-F", bench().config().toString(), "-b", "-"));
        command.addAll(options);
        command.add("sandbox");
        return bench().run(command, String.join("\n", batch) + "\n");
    }

    private List<String> scp(String mode, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("scp", "-F", bench().config().toString(), mode));
        command.addAll(List.of(arguments));
        return command;
    }

    @Test
    @DisplayName(
            "sftp: 64 MiB each way, bit-exact, with a rekey every 8 MiB, seen by exec at the same path")
    void sftpBigFile() throws Exception {
        Path data = bench().data(64 << 20);
        Path back = bench().here("sftp-back");
        String there = bench().insideNew("sftp") + "/big";
        sftp(
                        List.of("-o", "RekeyLimit=8M"),
                        "put " + data + " " + there,
                        "get " + there + " " + back)
                .ok();
        assertThat(bench().insideSha256(there)).isEqualTo(Workbench.sha256(data));
        assertThat(Workbench.sha256(back)).isEqualTo(Workbench.sha256(data));
    }

    @Test
    @DisplayName("sftp: 5,000 small files each way")
    void sftpSmallFiles() throws Exception {
        Path tree = bench().smallFiles(5000);
        Path back = bench().here("sftp-tree-back");
        String there = bench().insideNew("small") + "/tree";
        sftp(
                        List.of(),
                        "mkdir " + there,
                        "put -R " + tree + "/* " + there,
                        "get -R " + there + " " + back)
                .ok();
        Workbench.assertSameTree(tree, back);
        assertThat(bench().inside("find " + there + " -type f | wc -l").strip()).isEqualTo("5000");
    }

    @Test
    @DisplayName("sftp: a broken copy is taken up again")
    void sftpResume() throws Exception {
        Path data = bench().data(16 << 20);
        String there = bench().insideNew("resume") + "/file";
        bench().run(bench().ssh("head -c 5000000 > " + there), data).ok();
        Path back = bench().here("resumed");
        bench().run(List.of("sh", "-c", "head -c 7000000 " + data + " > " + back)).ok();
        sftp(List.of(), "reput " + data + " " + there, "reget " + there + " " + back).ok();
        assertThat(bench().insideSha256(there)).isEqualTo(Workbench.sha256(data));
        assertThat(Workbench.sha256(back)).isEqualTo(Workbench.sha256(data));
    }

    @Test
    @DisplayName("sftp: names, links, modes, times and directories")
    void sftpOperations() throws Exception {
        String there = bench().insideNew("ops");
        Path file = bench().write("a b \u00e4", "content");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_500_000_000)));
        Finished finished =
                sftp(
                                List.of(),
                                "cd " + there,
                                "pwd",
                                "put -p \"" + file + "\"",
                                "ln -s \"a b \u00e4\" soft",
                                "ln \"a b \u00e4\" hard",
                                "mkdir d",
                                "rename hard d/moved",
                                "chmod 600 d/moved",
                                "-rmdir d",
                                "ls -l",
                                "-get missing",
                                "rm soft")
                        .ok();
        assertThat(finished.out())
                .contains("Remote working directory: " + there)
                .contains("-rw-------");
        assertThat(finished.err()).contains("not found");
        assertThat(
                        bench().inside(
                                        "cd "
                                                + there
                                                + " && cat d/moved && stat -c '%a %Y' d/moved && ls"))
                .isEqualTo("content600 1500000000\na b \u00e4\nd\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-s", "-O"})
    @DisplayName("scp over SFTP (-s) and in its old protocol (-O): 64 MiB each way")
    void scpBigFile(String mode) throws Exception {
        Path data = bench().data(64 << 20);
        Path back = bench().here("scp-back" + mode);
        String there = bench().insideNew("scp") + "/big";
        bench().run(scp(mode, "-o", "RekeyLimit=8M", data.toString(), "sandbox:" + there)).ok();
        assertThat(bench().insideSha256(there)).isEqualTo(Workbench.sha256(data));
        bench().run(scp(mode, "-o", "RekeyLimit=8M", "sandbox:" + there, back.toString())).ok();
        assertThat(Workbench.sha256(back)).isEqualTo(Workbench.sha256(data));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-s", "-O"})
    @DisplayName("scp: trees with modes and times, and an exit status for what is missing")
    void scpTree(String mode) throws Exception {
        Path tree = bench().smallFiles(300);
        Path back = bench().here("scp-tree" + mode);
        String there = bench().insideNew("scptree");
        bench().run(scp(mode, "-rp", tree.toString(), "sandbox:" + there + "/")).ok();
        bench().run(
                        scp(
                                mode,
                                "-rp",
                                "sandbox:" + there + "/" + tree.getFileName(),
                                back.toString()))
                .ok();
        Workbench.assertSameTree(tree, back);
        assertThat(
                        Files.getLastModifiedTime(back.resolve("d1/file 1"))
                                .toInstant()
                                .getEpochSecond())
                .isEqualTo(
                        Files.getLastModifiedTime(tree.resolve("d1/file 1"))
                                .toInstant()
                                .getEpochSecond());
        Finished missing = bench().run(scp(mode, "sandbox:" + there + "/missing", back.toString()));
        assertThat(missing.status()).isEqualTo(1);
        assertThat(missing.err()).contains("No such file or directory");
    }

    @Test
    @DisplayName("a name that is not UTF-8 is the same file for exec and sftp")
    void oddNames() throws Exception {
        String there = bench().insideNew("odd");
        bench().inside("cd " + there + " && printf content > \"$(printf 'x\\377y')\"");
        Path back = bench().here("odd-back");
        Files.createDirectories(back);
        sftp(List.of(), "get " + there + "/x* " + back + "/").ok();
        // By a shell, because Java may not be able to name the file.
        assertThat(bench().run(List.of("sh", "-c", "cat " + back + "/*")).ok().out())
                .isEqualTo("content");
    }
}

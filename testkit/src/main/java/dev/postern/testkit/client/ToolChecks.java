// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.Capability;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Programs that use OpenSSH's client underneath, and curl with libssh2. */
abstract class ToolChecks {
    abstract Workbench bench();

    @BeforeEach
    void needsExec() {
        bench().needsHere("ssh");
        bench().needs(Capability.EXEC);
    }

    private String sshCommand() {
        return "ssh -F " + bench().config() + " -o RekeyLimit=8M";
    }

    @Test
    @DisplayName(
            "rsync: 64 MiB and 5,000 small files each way, and only differences the second time")
    void rsync() throws Exception {
        bench().needsHere("rsync");
        bench().needsInside("rsync");
        Path tree = bench().smallFiles(5000);
        Path data = bench().data(64 << 20);
        Path back = bench().here("rsync-back");
        String there = bench().insideNew("rsync");
        List<String> rsync = List.of("rsync", "-a", "-e", sshCommand());
        bench().run(joined(rsync, data.toString(), tree.toString(), "sandbox:" + there + "/")).ok();
        assertThat(bench().insideSha256(there + "/" + data.getFileName()))
                .isEqualTo(Workbench.sha256(data));
        bench().run(joined(rsync, "sandbox:" + there + "/", back.toString())).ok();
        Workbench.assertSameTree(tree, back.resolve(tree.getFileName()));
        Finished again =
                bench().run(
                                joined(
                                        List.of("rsync", "-ai", "-e", sshCommand()),
                                        tree.toString(),
                                        "sandbox:" + there + "/"))
                        .ok();
        assertThat(again.out()).isEmpty();
    }

    @Test
    @DisplayName("git: push and clone")
    void git() throws Exception {
        bench().needsHere("git");
        bench().needsInside("git");
        String there = bench().insideNew("git") + "/repository.git";
        bench().inside("git init -q --bare -b main " + there);
        Path work = bench().here("work");
        List<String> git =
                List.of(
                        "env",
                        "GIT_SSH_COMMAND=" + sshCommand(),
                        "GIT_CONFIG_NOSYSTEM=1",
                        "git",
                        "-c",
                        "user.name=Kit",
                        "-c",
                        "user.email=kit@example.org",
                        "-c",
                        "init.defaultBranch=main",
                        "-c",
                        "safe.directory=*");
        bench().run(joined(git, "init", "-q", work.toString())).ok();
        Files.copy(bench().data(16 << 20), work.resolve("data"));
        bench().run(joined(git, "-C", work.toString(), "add", ".")).ok();
        bench().run(joined(git, "-C", work.toString(), "commit", "-q", "-m", "All")).ok();
        bench().run(joined(git, "-C", work.toString(), "push", "-q", "sandbox:" + there, "main"))
                .ok();
        Path clone = bench().here("clone");
        bench().run(joined(git, "clone", "-q", "sandbox:" + there, clone.toString())).ok();
        assertThat(Workbench.sha256(clone.resolve("data")))
                .isEqualTo(Workbench.sha256(bench().data(16 << 20)));
        bench().run(joined(git, "clone", "-q", "sandbox:" + there + "-missing", clone + "-2"))
                .exits(128);
    }

    @Test
    @DisplayName("sshfs: a mounted directory behaves like one")
    void sshfs() throws Exception {
        bench().needsHere("sshfs");
        bench().needsSftp();
        Assumptions.assumeTrue(fuse(), "/dev/fuse cannot be opened here");
        String there = bench().insideNew("sshfs");
        Path mount = Files.createDirectories(bench().here("mount"));
        Path data = bench().data(16 << 20);
        bench().run(
                        List.of(
                                "sshfs",
                                "-F",
                                bench().config().toString(),
                                "sandbox:" + there,
                                mount.toString()))
                .ok();
        try {
            bench().run(List.of("cp", data.toString(), mount.resolve("data").toString())).ok();
            assertThat(bench().insideSha256(there + "/data")).isEqualTo(Workbench.sha256(data));
            assertThat(Workbench.sha256(mount.resolve("data"))).isEqualTo(Workbench.sha256(data));
            Files.createDirectories(mount.resolve("a/b"));
            Files.writeString(mount.resolve("a/b/file"), "one");
            Files.writeString(mount.resolve("a/b/file"), "two", StandardOpenOption.APPEND);
            Files.move(mount.resolve("a/b/file"), mount.resolve("moved"));
            Files.createSymbolicLink(mount.resolve("link"), Path.of("moved"));
            assertThat(mount.resolve("link")).hasContent("onetwo");
            Files.delete(mount.resolve("a/b"));
            assertThat(bench().inside("ls " + there)).isEqualTo("a\ndata\nlink\nmoved\n");
            bench().run(List.of("df", mount.toString())).ok();
        } finally {
            bench().run(List.of("fusermount3", "-u", mount.toString())).ok();
        }
    }

    private static boolean fuse() {
        try (FileChannel _ = FileChannel.open(Path.of("/dev/fuse"), StandardOpenOption.READ)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    @DisplayName("lftp: mirrors both ways")
    void lftp() throws Exception {
        bench().needsHere("lftp");
        bench().needsSftp();
        String there = bench().insideNew("lftp");
        Path tree = bench().smallFiles(300);
        Path back = bench().here("lftp-back");
        Path data = bench().data(16 << 20);
        String script =
                """
                set sftp:connect-program "%s -a -x"
                set net:timeout 60
                set net:max-retries 1
                set cmd:fail-exit yes
                set mirror:set-permissions off
                open sftp://%s:@sandbox
                put -O %s %s
                mirror -R -P 4 %s %s/tree
                mirror -P 4 %s/tree %s
                """
                        .formatted(
                                sshCommand(),
                                bench().target().user(),
                                there,
                                data,
                                tree,
                                there,
                                there,
                                back);
        bench().run(List.of("lftp", "-f", bench().write("lftp.script", script).toString())).ok();
        assertThat(bench().insideSha256(there + "/" + data.getFileName()))
                .isEqualTo(Workbench.sha256(data));
        Workbench.assertSameTree(tree, back);
    }

    @Test
    @DisplayName("curl: sftp with libssh2")
    void curl() throws Exception {
        bench().needsHere("curl");
        bench().needsSftp();
        Assumptions.assumeTrue(
                bench().run(List.of("curl", "--version")).ok().out().contains(" sftp "),
                "This curl has no SFTP");
        String there = bench().insideNew("curl") + "/data";
        Path data = bench().data(16 << 20);
        Path back = bench().here("curl-back");
        bench().run(List.of("ssh-keygen", "-q", "-y", "-f", bench().identity().toString())).ok();
        String url = "sftp://" + bench().target().address() + there;
        List<String> curl =
                List.of(
                        "curl",
                        "-sS",
                        "-u",
                        bench().target().user() + ":",
                        "--key",
                        bench().identity().toString(),
                        "--pubkey",
                        publicKey().toString());
        bench().run(joined(curl, "-T", data.toString(), url)).ok();
        assertThat(bench().insideSha256(there)).isEqualTo(Workbench.sha256(data));
        bench().run(joined(curl, "-o", back.toString(), url)).ok();
        assertThat(Workbench.sha256(back)).isEqualTo(Workbench.sha256(data));
        bench().run(joined(curl, "-o", back.toString(), url + "-missing")).exits(78);
    }

    private Path publicKey() throws Exception {
        String line =
                bench().run(List.of("ssh-keygen", "-y", "-f", bench().identity().toString()))
                        .ok()
                        .out();
        return bench().write("id.pub", line);
    }

    private static List<String> joined(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }
}

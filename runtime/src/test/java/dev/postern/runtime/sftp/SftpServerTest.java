// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import static dev.postern.runtime.sftp.SftpProbe.packet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.SandboxFiles.OpenOption;
import dev.postern.api.backend.SandboxProcess.EndReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SftpServerTest {
    @TempDir Path home;

    private final List<String> activity = new CopyOnWriteArrayList<>();
    private DirectoryFiles files;
    private SftpServer server;
    private SftpProbe probe;

    @BeforeEach
    void start() throws Exception {
        home = home.toRealPath();
        files = new DirectoryFiles(home);
        server = new SftpServer(files, new Recorder());
        probe = new SftpProbe(server);
    }

    private final class Recorder implements FileActivity {
        @Override
        public void opened(String path, Set<OpenOption> options) {
            activity.add("opened " + path);
        }

        @Override
        public void closed(String path, long bytesRead, long bytesWritten) {
            activity.add("closed " + path + " " + bytesRead + " " + bytesWritten);
        }

        @Override
        public void changed(Change change, String path, Optional<String> other) {
            activity.add(change + " " + path + other.map(" "::concat).orElse(""));
        }
    }

    private byte[] open(String path, int flags) throws Exception {
        SftpProbe.Reply reply = probe.call(Sftp.OPEN, path, flags, 0);
        assertThat(reply.type()).isEqualTo(Sftp.HANDLE);
        return reply.string();
    }

    @Test
    void announcesVersionThreeAndItsExtensions() throws Exception {
        SftpProbe.Reply reply = probe.hello();

        assertThat(reply.type()).isEqualTo(Sftp.VERSION_REPLY);
        assertThat(reply.fields.number()).isEqualTo(3);
        List<String> names = new ArrayList<>();
        while (reply.fields.remaining() > 0) {
            names.add(reply.fields.name() + "=" + reply.fields.name());
        }
        assertThat(names)
                .containsExactlyInAnyOrder(
                        "posix-rename@openssh.com=1",
                        "statvfs@openssh.com=2",
                        "fstatvfs@openssh.com=2",
                        "hardlink@openssh.com=1",
                        "fsync@openssh.com=1",
                        "lsetstat@openssh.com=1",
                        "limits@openssh.com=1",
                        "expand-path@openssh.com=1",
                        "copy-data=1",
                        "home-directory=1");
    }

    @Test
    void writesReadsAndTellsWhatItDid() throws Exception {
        probe.hello();
        byte[] data = new byte[700_000];
        new Random(1).nextBytes(data);
        byte[] handle = open("big", Sftp.OPEN_WRITE | Sftp.OPEN_READ | Sftp.OPEN_CREATE);
        for (int at = 0; at < data.length; at += 100_000) {
            probe.request(
                    Sftp.WRITE,
                    handle,
                    (long) at,
                    java.util.Arrays.copyOfRange(data, at, at + 100_000));
        }
        for (int at = 0; at < data.length; at += 100_000) {
            assertThat(probe.next().status()).isEqualTo(Sftp.OK);
        }
        assertThat(home.resolve("big")).hasBinaryContent(data);

        byte[] read = probe.call(Sftp.READ, handle, 1000L, 1 << 20).string();
        assertThat(read).isEqualTo(java.util.Arrays.copyOfRange(data, 1000, 1000 + Sftp.MAX_DATA));
        assertThat(probe.call(Sftp.READ, handle, 699_990L, 100).string()).hasSize(10);
        assertThat(probe.call(Sftp.READ, handle, 700_000L, 100).status()).isEqualTo(Sftp.EOF);
        assertThat(probe.call(Sftp.READ, handle, -5L, 100).status()).isEqualTo(Sftp.FAILURE);
        assertThat(probe.call(Sftp.CLOSE, (Object) handle).status()).isEqualTo(Sftp.OK);
        assertThat(probe.call(Sftp.CLOSE, (Object) handle).status()).isEqualTo(Sftp.FAILURE);
        assertThat(activity).containsExactly("opened big", "closed big 261130 700000");
    }

    @Test
    void tellsErrorsApart() throws Exception {
        probe.hello();
        Files.createDirectories(home.resolve("full/inner"));
        Files.writeString(home.resolve("file"), "x");

        assertThat(probe.call(Sftp.STAT, "missing").status()).isEqualTo(Sftp.NO_SUCH_FILE);
        assertThat(probe.call(Sftp.OPEN, "missing", Sftp.OPEN_READ, 0).status())
                .isEqualTo(Sftp.NO_SUCH_FILE);
        assertThat(probe.call(Sftp.MKDIR, "full", 0).status()).isEqualTo(Sftp.FAILURE);
        assertThat(probe.call(Sftp.RMDIR, "full").status()).isEqualTo(Sftp.FAILURE);
        assertThat(probe.call(Sftp.RENAME, "file", "full").status()).isEqualTo(Sftp.FAILURE);
        assertThat(probe.call(Sftp.STAT, "a\0b").status()).isEqualTo(Sftp.NO_SUCH_FILE);
        assertThat(probe.call(Sftp.STAT, "x".repeat(5000)).status()).isEqualTo(Sftp.FAILURE);
        assertThat(probe.call(Sftp.READ, new byte[] {0, 0, 0, 9}, 0L, 1).status())
                .isEqualTo(Sftp.FAILURE);
        assertThat(probe.call(Sftp.READ, new byte[] {1}, 0L, 1).status()).isEqualTo(Sftp.FAILURE);
        assertThat(probe.call(99).status()).isEqualTo(Sftp.OP_UNSUPPORTED);
        assertThat(probe.call(Sftp.EXTENDED, "nothing@example.org").status())
                .isEqualTo(Sftp.OP_UNSUPPORTED);
    }

    @Test
    void listsWithLongNames() throws Exception {
        probe.hello();
        Path file = Files.writeString(home.resolve("report.txt"), "hello");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x---"));
        byte[] handle = probe.call(Sftp.OPENDIR, ".").string();
        SftpProbe.Reply reply = probe.call(Sftp.READDIR, (Object) handle);

        assertThat(reply.type()).isEqualTo(Sftp.NAME);
        int count = reply.fields.number();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reply.string();
            lines.add(new String(reply.string(), StandardCharsets.UTF_8));
            AttributesCodec.read(reply.fields);
        }
        assertThat(lines)
                .hasSize(3)
                .anySatisfy(line ->
                        assertThat(line)
                                .matches(
                                        "-rwxr-x---   1 \\w+ +\\w+ +5 [A-Z][a-z]{2} [ 0-9]\\d \\d\\d:\\d\\d report.txt"));
        assertThat(probe.call(Sftp.READDIR, (Object) handle).status()).isEqualTo(Sftp.EOF);
    }

    @Test
    void listsLargeDirectoriesInPieces() throws Exception {
        probe.hello();
        for (int i = 0; i < 1000; i++) {
            Files.createFile(home.resolve("file-" + i));
        }
        byte[] handle = probe.call(Sftp.OPENDIR, ".").string();
        int total = 0;
        while (true) {
            SftpProbe.Reply reply = probe.call(Sftp.READDIR, (Object) handle);
            if (reply.type() == Sftp.STATUS) {
                break;
            }
            assertThat(reply.fields.bytes().length).isLessThan(36_000);
            total += reply.fields.number();
        }
        assertThat(total).isEqualTo(1002);
    }

    @Test
    void symbolicLinkTakesTheTargetFirst() throws Exception {
        probe.hello();
        assertThat(probe.call(Sftp.SYMLINK, "target text", "link").status()).isEqualTo(Sftp.OK);
        assertThat(Files.readSymbolicLink(home.resolve("link"))).hasToString("target text");
        SftpProbe.Reply reply = probe.call(Sftp.READLINK, "link");
        assertThat(reply.fields.number()).isOne();
        assertThat(reply.fields.name()).isEqualTo("target text");
        assertThat(activity).containsExactly("SYMBOLIC_LINK link target text");
    }

    @Test
    void answersExtensions() throws Exception {
        probe.hello();
        Files.writeString(home.resolve("a"), "aaaa");
        Files.writeString(home.resolve("b"), "b");

        assertThat(probe.call(Sftp.RENAME, "a", "b").status()).isEqualTo(Sftp.FAILURE);
        assertThat(probe.call(Sftp.EXTENDED, "posix-rename@openssh.com", "a", "b").status())
                .isEqualTo(Sftp.OK);
        assertThat(home.resolve("b")).hasContent("aaaa");
        assertThat(probe.call(Sftp.EXTENDED, "hardlink@openssh.com", "b", "c").status())
                .isEqualTo(Sftp.OK);
        SftpProbe.Reply limits = probe.call(Sftp.EXTENDED, "limits@openssh.com");
        assertThat(limits.type()).isEqualTo(Sftp.EXTENDED_REPLY);
        assertThat(
                        List.of(
                                limits.fields.longNumber(),
                                limits.fields.longNumber(),
                                limits.fields.longNumber(),
                                limits.fields.longNumber()))
                .containsExactly(262_144L, 261_120L, 261_120L, 1024L);
        assertThat(probe.call(Sftp.EXTENDED, "statvfs@openssh.com", ".").fields.remaining())
                .isEqualTo(88);
        assertThat(name(probe.call(Sftp.EXTENDED, "expand-path@openssh.com", "~/x")))
                .isEqualTo(home + "/x");
        assertThat(name(probe.call(Sftp.EXTENDED, "expand-path@openssh.com", "~/x/y/z")))
                .isEqualTo(home + "/x/y/z");
        assertThat(name(probe.call(Sftp.EXTENDED, "home-directory", "")))
                .isEqualTo(home.toString());
        assertThat(probe.call(Sftp.EXTENDED, "home-directory", "nobody-like-that").status())
                .isEqualTo(Sftp.FAILURE);
        assertThat(name(probe.call(Sftp.REALPATH, ""))).isEqualTo(home.toString());
    }

    @Test
    void copiesInsideTheSandbox() throws Exception {
        probe.hello();
        byte[] data = new byte[300_000];
        new Random(2).nextBytes(data);
        Files.write(home.resolve("from"), data);
        byte[] from = open("from", Sftp.OPEN_READ);
        byte[] to = open("to", Sftp.OPEN_WRITE | Sftp.OPEN_CREATE);

        assertThat(probe.call(Sftp.EXTENDED, "copy-data", from, 0L, 0L, to, 0L).status())
                .isEqualTo(Sftp.OK);
        assertThat(home.resolve("to")).hasBinaryContent(data);
        assertThat(probe.call(Sftp.EXTENDED, "copy-data", from, 0L, 300_001L, to, 0L).status())
                .isEqualTo(Sftp.FAILURE);
        assertThat(probe.call(Sftp.EXTENDED, "copy-data", from, 0L, 0L, from, 0L).status())
                .isEqualTo(Sftp.FAILURE);
    }

    @Test
    void endsWithStatusZeroAfterEndOfFile() throws Exception {
        probe.hello();
        open("left-open", Sftp.OPEN_WRITE | Sftp.OPEN_CREATE);
        int last = probe.request(Sftp.STAT, ".");
        probe.finish();

        assertThat(probe.next().id()).isEqualTo(last);
        assertThat(probe.atEnd()).isTrue();
        assertThat(server.exit().get(10, TimeUnit.SECONDS)).isEqualTo(new ExitStatus.Exited(0));
        assertThat(files.open).hasValue(0);
        assertThat(activity).contains("closed left-open 0 0");
    }

    @Test
    void endsWithStatus255AfterNonsense() throws Exception {
        probe.hello();
        open("left-open", Sftp.OPEN_WRITE | Sftp.OPEN_CREATE);
        int last = probe.request(Sftp.STAT, ".");
        probe.send(packet(Sftp.OPEN, 7, 1_000_000));

        assertThat(probe.next().id()).isEqualTo(last);
        assertThat(probe.atEnd()).isTrue();
        assertThat(server.exit().get(10, TimeUnit.SECONDS)).isEqualTo(new ExitStatus.Exited(255));
        assertThat(files.open).hasValue(0);
    }

    @Test
    void refusesPacketsThatAreTooLongAndRequestsBeforeTheFirst() throws Exception {
        probe.send(packet(Sftp.STAT, 1, "."));
        assertThat(server.exit().get(10, TimeUnit.SECONDS)).isEqualTo(new ExitStatus.Exited(255));

        SftpServer other = new SftpServer(files, FileActivity.NONE);
        new SftpProbe(other).send(new byte[] {0, 4, 0, 1});
        assertThat(other.exit().get(10, TimeUnit.SECONDS)).isEqualTo(new ExitStatus.Exited(255));
    }

    @Test
    void closesWhatIsOpenWhenItIsEnded() throws Exception {
        probe.hello();
        open("left-open", Sftp.OPEN_WRITE | Sftp.OPEN_CREATE);
        server.end(EndReason.HANGUP);
        server.end(EndReason.KILL);

        assertThat(server.exit().get(10, TimeUnit.SECONDS))
                .isEqualTo(new ExitStatus.Signalled("HUP", false));
        assertThat(probe.atEnd()).isTrue();
        Eventually.holds(() -> assertThat(files.open).hasValue(0));
        assertThat(server.stdin().offer(new byte[100], 0, 100)).isEqualTo(100);
    }

    @Test
    void limitsOpenHandles() throws Exception {
        SftpServer small =
                new SftpServer(
                        files,
                        FileActivity.NONE,
                        new SftpLimits(2, 64, 1 << 19, 1 << 18),
                        Clock.systemUTC(),
                        Runnable::run);
        SftpProbe other = new SftpProbe(small);
        other.hello();
        other.call(Sftp.OPENDIR, ".");
        other.call(Sftp.OPENDIR, ".");
        assertThat(other.call(Sftp.OPENDIR, ".").status()).isEqualTo(Sftp.FAILURE);
        assertThat(other.call(Sftp.OPEN, "f", Sftp.OPEN_WRITE | Sftp.OPEN_CREATE, 0).status())
                .isEqualTo(Sftp.FAILURE);
        assertThat(home.resolve("f")).doesNotExist();
    }

    @Test
    void readsNoMoreThanTheClientTakes() throws Exception {
        Files.write(home.resolve("big"), new byte[8 << 20]);
        SftpProbe.SlowSink sink = new SftpProbe.SlowSink();
        server.stdout().pushTo(sink);
        offerAll(packet(Sftp.INIT, 3));
        offerAll(packet(Sftp.OPEN, 0, "big", Sftp.OPEN_READ, 0));
        byte[] handle = {0, 0, 0, 0};
        int sent = 0;
        while (sent < 200) {
            byte[] read = packet(Sftp.READ, sent, handle, sent * 32_768L, 32_768);
            if (server.stdin().offer(read, 0, read.length) < read.length) {
                break;
            }
            sent++;
        }
        // What waits in the server: at most 64 requests, and the replies up to their bound.
        assertThat(sent).isLessThan(64 + 8 + 20);
        Eventually.holds(() -> assertThat(waiting()).isGreaterThan(256 << 10));
        assertThat(waiting()).isLessThan((256 << 10) + (64 << 10));
        sink.open(1 << 30);
        int expected = sent * (32_768 + 13);
        Eventually.holds(() -> assertThat(sink.size()).isGreaterThan(expected));
        server.stdin().finish();
        assertThat(server.exit().get(10, TimeUnit.SECONDS)).isEqualTo(new ExitStatus.Exited(0));
        Eventually.holds(() -> assertThat(sink.finished()).isTrue());
    }

    private int waiting() {
        try {
            return server.stdout().stream().available();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void offerAll(byte[] bytes) {
        assertThat(server.stdin().offer(bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }

    private static String name(SftpProbe.Reply reply) {
        assertThat(reply.type()).isEqualTo(Sftp.NAME);
        assertThat(reply.fields.number()).isOne();
        return reply.fields.name();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.FileException;
import dev.postern.api.backend.FileException.Status;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxFiles;
import dev.postern.api.backend.SandboxFiles.FileAttributes;
import dev.postern.api.backend.SandboxFiles.Listing;
import dev.postern.api.backend.SandboxFiles.OpenFile;
import dev.postern.api.backend.SandboxFiles.OpenOption;
import dev.postern.api.backend.SandboxFiles.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** BE-70 to BE-79. */
@Timeout(120)
abstract class FileRules extends SessionBackendContract.Rules {
    private static final Set<OpenOption> NEW =
            Set.of(OpenOption.WRITE, OpenOption.CREATE, OpenOption.EXCLUSIVE);

    private SandboxConnection connection;
    private SandboxFiles files;
    private String directory;

    @BeforeEach
    void open() throws InterruptedException {
        assumeTrue(
                declares(Capability.FILES),
                "FILES is not declared; BE-19 checks that files() is empty");
        connection = connect();
        files =
                connection
                        .files()
                        .orElseThrow(() ->
                                new AssertionError("FILES is declared, so files() is present"));
        directory = subject().writableDirectory() + "/kit-" + UUID.randomUUID();
        files.makeDirectory(directory, mode(0755));
    }

    @AfterEach
    void close() {
        if (connection != null) {
            Session.output(connection, "rm -rf " + directory);
            connection.close();
        }
    }

    private static FileAttributes mode(int bits) {
        return new FileAttributes(
                Optional.empty(),
                Optional.empty(),
                Optional.of(bits),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private String path(String name) {
        return directory + "/" + name;
    }

    private void write(String path, byte[] bytes) throws InterruptedException {
        try (OpenFile file = files.open(path, NEW, mode(0640))) {
            file.write(0, bytes, 0, bytes.length);
        }
    }

    private static void refused(Status status, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FileException.class, e -> assertThat(e.status()).isEqualTo(status));
    }

    private List<String> names() throws InterruptedException {
        List<String> names = new ArrayList<>();
        try (Listing listing = files.list(directory)) {
            listing.forEachRemaining(entry -> names.add(entry.name()));
        }
        return names;
    }

    @Test
    @Rule("BE-70")
    @DisplayName("are the same that a command sees at the same path")
    void samePath() throws InterruptedException {
        write(path("seen"), "by both\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(Session.output(connection, "cat " + path("seen"))).isEqualTo("by both\n");
        Session.output(connection, "printf back > " + path("made"));
        assertThat(files.attributes(path("made"), true).size()).contains(4L);
        assertThat(Session.output(connection, "pwd").strip())
                .as("a session begins in home()")
                .isEqualTo(files.realPath(files.home()));
    }

    @Test
    @Rule("BE-71")
    @DisplayName("are read and written at any position, and grow by appending")
    void positions() throws InterruptedException {
        byte[] bytes = StreamRules.Pattern.at(0, 300_000);
        try (OpenFile file =
                files.open(
                        path("file"),
                        Set.of(OpenOption.READ, OpenOption.WRITE, OpenOption.CREATE),
                        FileAttributes.NONE)) {
            file.write(200_000, bytes, 200_000, 100_000);
            file.write(0, bytes, 0, 200_000);
            file.sync();
            byte[] read = new byte[bytes.length + 10];
            int done = 0;
            for (int n = file.read(0, read, 0, read.length);
                    n > 0;
                    n = file.read(done, read, done, read.length - done)) {
                done += n;
            }
            assertThat(done).isEqualTo(bytes.length);
            assertThat(read).startsWith(bytes);
            assertThat(file.read(bytes.length, read, 0, 10)).isEqualTo(-1);
            assertThat(file.attributes().size()).contains((long) bytes.length);
        }
        try (OpenFile file =
                files.open(
                        path("file"),
                        Set.of(OpenOption.WRITE, OpenOption.APPEND),
                        FileAttributes.NONE)) {
            file.write(0, new byte[] {1, 2, 3}, 0, 3);
        }
        assertThat(files.attributes(path("file"), true).size()).contains(bytes.length + 3L);
        files.open(path("file"), Set.of(OpenOption.WRITE, OpenOption.TRUNCATE), FileAttributes.NONE)
                .close();
        assertThat(files.attributes(path("file"), true).size()).contains(0L);
    }

    @Test
    @Rule("BE-72")
    @DisplayName("are refused with the status that tells why")
    void refusals() throws InterruptedException {
        write(path("file"), new byte[1]);
        files.makeDirectory(path("full"), FileAttributes.NONE);
        write(path("full/file"), new byte[1]);
        refused(Status.NO_SUCH_FILE, () -> files.attributes(path("none"), true));
        refused(Status.NO_SUCH_FILE, () -> files.list(path("none")).close());
        refused(
                Status.NO_SUCH_FILE,
                () ->
                        files.open(path("none"), Set.of(OpenOption.READ), FileAttributes.NONE)
                                .close());
        refused(Status.EXISTS, () -> files.open(path("file"), NEW, FileAttributes.NONE).close());
        refused(Status.EXISTS, () -> files.makeDirectory(path("full"), FileAttributes.NONE));
        refused(Status.NOT_EMPTY, () -> files.removeDirectory(path("full")));
        assertThatThrownBy(() -> files.removeDirectory(path("file")))
                .isInstanceOf(FileException.class);
        assertThatThrownBy(() -> files.remove(path("full"))).isInstanceOf(FileException.class);
        assertThat(files.attributes(path("full/file"), true).size()).contains(1L);
    }

    @Test
    @Rule("BE-73")
    @DisplayName("are listed by name with their attributes, and with . and ..")
    void listing() throws InterruptedException {
        String odd = " odd 'name' \u00e4\u4e2d";
        write(path(odd), new byte[5]);
        files.symbolicLink("nowhere", path("link"));
        files.makeDirectory(path("sub"), FileAttributes.NONE);
        assertThat(names()).containsExactlyInAnyOrder(".", "..", odd, "link", "sub");
        try (Listing listing = files.list(directory)) {
            listing.forEachRemaining(entry -> {
                int type = entry.attributes().mode().orElseThrow() & 0170000;
                int expected =
                        entry.name().equals(odd)
                                ? 0100000
                                : entry.name().equals("link") ? 0120000 : 0040000;
                assertThat(type).as("type of '%s'", entry.name()).isEqualTo(expected);
            });
        }
    }

    @Test
    @Rule("BE-74")
    @DisplayName("are renamed, and replace another only where that was asked for")
    void rename() throws InterruptedException {
        write(path("one"), new byte[1]);
        write(path("two"), new byte[2]);
        assertThatThrownBy(() -> files.rename(path("one"), path("two"), false))
                .isInstanceOf(FileException.class);
        assertThat(names()).contains("one", "two");
        files.rename(path("one"), path("two"), true);
        assertThat(names()).contains("two").doesNotContain("one");
        assertThat(files.attributes(path("two"), true).size()).contains(1L);
        files.rename(path("two"), path("three"), false);
        files.remove(path("three"));
        assertThat(names()).containsExactlyInAnyOrder(".", "..");
    }

    @Test
    @Rule("BE-75")
    @DisplayName("may be links, of both kinds")
    void links() throws InterruptedException {
        write(path("file"), new byte[7]);
        files.makeDirectory(path("sub"), FileAttributes.NONE);
        files.symbolicLink("file", path("symbolic"));
        files.hardLink(path("file"), path("hard"));
        assertThat(files.readLink(path("symbolic"))).isEqualTo("file");
        assertThat(files.attributes(path("symbolic"), true).size()).contains(7L);
        assertThat(files.attributes(path("symbolic"), false).mode().orElseThrow() & 0170000)
                .isEqualTo(0120000);
        assertThat(files.attributes(path("hard"), false).links()).contains(2);
        assertThat(files.realPath(path("symbolic"))).isEqualTo(files.realPath(path("file")));
        assertThat(files.realPath(path("sub/../file"))).isEqualTo(files.realPath(path("file")));
    }

    @Test
    @Rule("BE-76")
    @DisplayName("have modes and times that can be set")
    void attributes() throws InterruptedException {
        write(path("file"), new byte[9]);
        assertThat(files.attributes(path("file"), true).mode().orElseThrow() & 0777)
                .isEqualTo(0640);
        files.setAttributes(path("file"), mode(0604), true);
        assertThat(files.attributes(path("file"), true).mode().orElseThrow() & 07777)
                .isEqualTo(0604);
        FileAttributes both =
                new FileAttributes(
                        Optional.of(4L),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Times(1_000_000_000L, 1_100_000_000L)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        files.setAttributes(path("file"), both, true);
        FileAttributes now = files.attributes(path("file"), true);
        assertThat(now.size()).contains(4L);
        assertThat(now.times()).contains(new Times(1_000_000_000L, 1_100_000_000L));
    }

    @Test
    @Rule("BE-77")
    @DisplayName("with relative paths begin at home")
    void relative() throws InterruptedException {
        assertThat(files.realPath(".")).isEqualTo(files.realPath(files.home()));
        assertThat(files.home()).startsWith("/");
    }

    @Test
    @Rule("BE-78")
    @DisplayName("lie on a file system with figures")
    void statistics() throws InterruptedException {
        SandboxFiles.FileSystemStatistics figures = files.statistics(directory);
        assertThat(figures.fragmentSize()).isPositive();
        assertThat(figures.blocks()).isGreaterThanOrEqualTo(figures.blocksFree());
        assertThat(figures.nameMax()).isPositive();
    }
}

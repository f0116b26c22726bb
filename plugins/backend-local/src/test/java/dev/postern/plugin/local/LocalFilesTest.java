// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.backend.FileException;
import dev.postern.api.backend.FileException.Status;
import dev.postern.api.backend.FileNames;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxFiles;
import dev.postern.api.backend.SandboxFiles.FileAttributes;
import dev.postern.api.backend.SandboxFiles.Listing;
import dev.postern.api.backend.SandboxFiles.OpenFile;
import dev.postern.api.backend.SandboxFiles.OpenOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the contract does not ask: a root that nothing leads out of, odd names, files that are no files. */
@Timeout(60)
class LocalFilesTest {
    private static final Set<OpenOption> READ = Set.of(OpenOption.READ);
    private static final Set<OpenOption> NEW = Set.of(OpenOption.WRITE, OpenOption.CREATE);

    @TempDir Path directory;

    private Path jail;
    private LocalHarness local;
    private SandboxConnection connection;
    private SandboxFiles files;

    @BeforeEach
    void open() throws IOException {
        Path real = directory.toRealPath();
        jail = Files.createDirectory(real.resolve("jail"));
        Files.writeString(real.resolve("secret"), "outside");
        Files.writeString(jail.resolve("inside"), "inside");
        local = new LocalHarness(real, LocalHarness.settings(false, Optional.of(jail)));
        connection = local.connect();
        files = connection.files().orElseThrow();
    }

    @AfterEach
    void close() {
        connection.close();
        local.close();
    }

    private static void refused(Status status, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FileException.class, e -> assertThat(e.status()).isEqualTo(status));
    }

    private String read(String path) throws InterruptedException {
        try (OpenFile file = files.open(path, READ, FileAttributes.NONE)) {
            byte[] bytes = new byte[100];
            int count = file.read(0, bytes, 0, bytes.length);
            return new String(
                    bytes, 0, Math.max(0, count), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    private List<String> names(String path) throws InterruptedException {
        List<String> names = new ArrayList<>();
        try (Listing listing = files.list(path)) {
            listing.forEachRemaining(entry -> names.add(entry.name()));
        }
        return names;
    }

    @Test
    void rootIsWhatTheSettingSays() throws InterruptedException {
        assertThat(files.home()).isEqualTo("/");
        assertThat(names("/")).containsExactlyInAnyOrder(".", "..", "inside");
        assertThat(read("/inside")).isEqualTo("inside");
        assertThat(read("inside")).isEqualTo("inside");
        assertThat(files.realPath("..")).isEqualTo("/");
        assertThat(files.realPath("/../../new")).isEqualTo("/new");
        refused(Status.NO_SUCH_FILE, () -> files.realPath("/none/new"));
    }

    @Test
    void noPathLeadsOut() throws IOException {
        String up = "../".repeat(30);
        String host = directory.toRealPath().toString();
        Files.createSymbolicLink(jail.resolve("absolute"), Path.of(host, "secret"));
        Files.createSymbolicLink(jail.resolve("relative"), Path.of("../secret"));
        Files.createSymbolicLink(jail.resolve("parent"), Path.of(".."));
        Files.createSymbolicLink(jail.resolve("top"), Path.of("/"));
        Files.createSymbolicLink(jail.resolve("proc"), Path.of("/proc/self/root" + host));
        List<String> ways =
                List.of(
                        "/../secret",
                        up + "secret",
                        up + host.substring(1) + "/secret",
                        "absolute",
                        "relative",
                        "parent/secret",
                        "top" + host + "/secret",
                        "proc/secret",
                        host + "/secret");
        for (String way : ways) {
            assertThatThrownBy(() -> files.open(way, READ, FileAttributes.NONE))
                    .as(way)
                    .isInstanceOf(FileException.class);
            assertThatThrownBy(() -> files.attributes(way, true))
                    .as(way)
                    .isInstanceOf(FileException.class);
            refusedOrInside(() -> files.rename(way, "taken", true));
        }
        assertThat(Files.readString(directory.resolve("secret"))).isEqualTo("outside");
        assertThat(Files.exists(directory.resolve("taken"))).isFalse();
    }

    /** A link itself lies inside and may be renamed; what it points to may not. */
    private static void refusedOrInside(ThrowingCallable call) {
        try {
            call.call();
        } catch (FileException e) {
            assertThat(e.status()).isNotNull();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void nothingIsMadeOutside() throws Exception {
        Files.createSymbolicLink(jail.resolve("parent"), Path.of(".."));
        Files.createSymbolicLink(jail.resolve("dangling"), Path.of("../made"));
        files.makeDirectory("../made-up", FileAttributes.NONE);
        files.makeDirectory("parent/made-through", FileAttributes.NONE);
        files.open("dangling", NEW, FileAttributes.NONE).close();
        files.symbolicLink("anywhere", "/../link");
        assertThat(names("/")).contains("made-up", "made-through", "made", "link");
        try (var outside = Files.list(directory)) {
            assertThat(outside.map(path -> path.getFileName().toString()))
                    .doesNotContain("made-up", "made-through", "made", "link");
        }
    }

    @Test
    void directoryThatIsSwappedForALinkMeanwhileDoesNotLeadOut() throws Exception {
        Path inner = Files.createDirectory(jail.resolve("inner"));
        Files.writeString(inner.resolve("secret"), "inside");
        Path link = Files.createSymbolicLink(jail.resolve("link"), directory.toRealPath());
        Path spare = jail.resolve("spare");
        AtomicBoolean stop = new AtomicBoolean();
        Thread swapper =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                while (!stop.get()) {
                                    Files.move(inner, spare);
                                    Files.move(link, inner);
                                    Files.move(inner, link);
                                    Files.move(spare, inner);
                                }
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        });
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            try {
                seen.add(read("inner/secret"));
            } catch (FileException e) {
                assertThat(e.status()).isIn(Status.NO_SUCH_FILE, Status.FAILURE);
            }
        }
        stop.set(true);
        swapper.join();
        assertThat(seen).isSubsetOf("inside");
    }

    @Test
    void namesAreOctets() throws Exception {
        byte[] octets = {'a', (byte) 0xff, ' ', (byte) 0xc3, (byte) 0xa4, '\n', 'z'};
        String name = FileNames.decode(octets, 0, octets.length);
        files.open(name, NEW, FileAttributes.NONE).close();
        assertThat(names("/")).contains(name);
        assertThat(
                        LocalHarness.output(
                                        connection,
                                        "cd "
                                                + jail
                                                + "; for f in a*; do printf %s \"$f\" | od -An -tx1; done")
                                .replace(" ", ""))
                .isEqualTo("61ff20c3a40a7a\n");
        files.symbolicLink(name, "link");
        assertThat(files.readLink("link")).isEqualTo(name);
        files.remove(name);
        refused(Status.NO_SUCH_FILE, () -> files.attributes(name, false));
    }

    @Test
    void whatIsNoFileDoesNotHangTheCaller() {
        LocalHarness.output(connection, "mkfifo " + jail + "/fifo");
        assertThatThrownBy(() -> files.open("fifo", Set.of(OpenOption.WRITE), FileAttributes.NONE))
                .isInstanceOf(FileException.class);
        assertThatThrownBy(
                        () -> {
                            try (OpenFile fifo =
                                    files.open(
                                            "fifo", Set.of(OpenOption.READ), FileAttributes.NONE)) {
                                int count = fifo.read(0, new byte[1], 0, 1);
                                assertThat(count).isEqualTo(-1);
                            }
                        })
                .isInstanceOf(FileException.class);
    }

    @Test
    void closedFileIsRefusedWhateverItsNumberIsNow() throws InterruptedException {
        OpenFile file = files.open("inside", READ, FileAttributes.NONE);
        file.close();
        file.close();
        OpenFile other = files.open("inside", READ, FileAttributes.NONE);
        refused(Status.FAILURE, () -> file.read(0, new byte[1], 0, 1));
        other.close();
    }

    @Test
    void bigDirectoryIsListedOnce() throws Exception {
        for (int i = 0; i < 3_000; i++) {
            Files.createFile(jail.resolve("a-name-of-some-length-" + i));
        }
        List<String> names = names("/");
        assertThat(names).hasSize(3_003).doesNotHaveDuplicates();
    }

    @Test
    void listingTellsWhoseFilesTheyAre() throws InterruptedException {
        try (Listing listing = files.list("/")) {
            listing.forEachRemaining(entry ->
                    assertThat(entry.attributes().ownerName()).contains(Account.own().name()));
        }
    }

    @Test
    void refusalsAreThoseOfTheKernel() throws Exception {
        Path full = Path.of("/dev/full");
        refused(Status.NO_SUCH_FILE, () -> files.attributes(full.toString(), true));
        refused(Status.FAILURE, () -> files.attributes("inside/below", true));
        refused(Status.FAILURE, () -> files.remove("x".repeat(300)));
        Files.createSymbolicLink(jail.resolve("loop"), Path.of("loop"));
        refused(Status.NO_SUCH_FILE, () -> files.attributes("loop", true));
        try (LocalHarness whole = new LocalHarness(directory);
                SandboxConnection way = whole.connect();
                OpenFile device =
                        way.files()
                                .orElseThrow()
                                .open("/dev/full", Set.of(OpenOption.WRITE), FileAttributes.NONE)) {
            refused(Status.NO_SPACE, () -> device.write(0, new byte[10], 0, 10));
        }
    }
}

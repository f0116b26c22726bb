// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.FileNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

final class SftpServerPropertyTest {
    /** Stays inside an empty directory of its own: paths are made of harmless parts. */
    private static SftpServer server(DirectoryFiles files) {
        return new SftpServer(
                files, FileActivity.NONE, SftpLimits.DEFAULT, Clock.systemUTC(), Runnable::run);
    }

    @Provide
    Arbitrary<List<byte[]>> packets() {
        Arbitrary<Object> field =
                Arbitraries.oneOf(
                        Arbitraries.integers().map(Object.class::cast),
                        Arbitraries.integers().between(0, 3).map(Object.class::cast),
                        Arbitraries.longs().map(Object.class::cast),
                        Arbitraries.of(
                                        "a",
                                        "b",
                                        "a/c",
                                        ".",
                                        "",
                                        "posix-rename@openssh.com",
                                        "copy-data",
                                        "limits@openssh.com")
                                .map(Object.class::cast),
                        Arbitraries.of(
                                        new byte[] {0, 0, 0, 0},
                                        new byte[] {0, 0, 0, 1},
                                        new byte[40])
                                .map(Object.class::cast));
        Arbitrary<byte[]> shaped =
                Combinators.combine(
                                Arbitraries.oneOf(
                                        Arbitraries.integers().between(1, 20),
                                        Arbitraries.of(200),
                                        Arbitraries.integers().between(0, 255)),
                                field.list().ofMaxSize(6))
                        .as((type, fields) -> SftpProbe.packet(type, fields.toArray()));
        Arbitrary<byte[]> raw = Arbitraries.bytes().array(byte[].class).ofMaxSize(60);
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(8, shaped), net.jqwik.api.Tuple.of(1, raw))
                .list()
                .ofMaxSize(40);
    }

    @Property(tries = 300)
    void nothingThatAClientSendsGetsOut(@ForAll("packets") List<byte[]> packets) throws Exception {
        Path home = Files.createTempDirectory("sftp-property");
        try {
            DirectoryFiles files = new DirectoryFiles(home);
            SftpServer server = server(files);
            byte[] hello = SftpProbe.packet(Sftp.INIT, 3);
            assertThat(server.stdin().offer(hello, 0, hello.length)).isEqualTo(hello.length);
            server.stdout().pushTo(new Forget());
            for (byte[] packet : packets) {
                assertThat(server.stdin().offer(packet, 0, packet.length)).isEqualTo(packet.length);
            }
            server.stdin().finish();
            assertThat(server.exit().get(10, TimeUnit.SECONDS))
                    .isIn(new ExitStatus.Exited(0), new ExitStatus.Exited(255));
            assertThat(files.open).hasValue(0);
        } finally {
            delete(home);
        }
    }

    @Property(tries = 100)
    void chunkingDoesNotMatter(
            @ForAll @IntRange(min = 1, max = 5000) int chunk, @ForAll @Size(max = 3000) byte[] data)
            throws Exception {
        Path home = Files.createTempDirectory("sftp-property");
        try {
            SftpServer server = server(new DirectoryFiles(home));
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(SftpProbe.packet(Sftp.INIT, 3));
            all.writeBytes(
                    SftpProbe.packet(Sftp.OPEN, 1, "f", Sftp.OPEN_WRITE | Sftp.OPEN_CREATE, 0));
            all.writeBytes(SftpProbe.packet(Sftp.WRITE, 2, new byte[4], 0L, data));
            all.writeBytes(SftpProbe.packet(Sftp.CLOSE, 3, new byte[4]));
            byte[] bytes = all.toByteArray();
            server.stdout().pushTo(new Forget());
            for (int at = 0; at < bytes.length; at += chunk) {
                int count = Math.min(chunk, bytes.length - at);
                assertThat(server.stdin().offer(bytes, at, count)).isEqualTo(count);
            }
            assertThat(Files.readAllBytes(home.resolve("f"))).isEqualTo(data);
        } finally {
            delete(home);
        }
    }

    @Property
    void fileNamesKeepEveryOctet(@ForAll @Size(max = 40) byte[] octets) {
        assertThat(FileNames.encode(FileNames.decode(octets, 0, octets.length))).isEqualTo(octets);
    }

    @Property
    void fileNamesKeepEveryText(@ForAll String name) {
        byte[] octets = FileNames.encode(name);
        String decoded = FileNames.decode(octets, 0, octets.length);
        assertThat(FileNames.encode(decoded)).isEqualTo(octets);
    }

    private static void delete(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                path.toFile().setWritable(true);
                Files.delete(path);
            }
        }
    }

    /** Takes everything. */
    private static final class Forget implements dev.postern.api.backend.ByteSink {
        @Override
        public java.io.OutputStream stream() {
            return java.io.OutputStream.nullOutputStream();
        }

        @Override
        public int offer(byte[] bytes, int offset, int length) {
            return length;
        }

        @Override
        public void whenWritable(Runnable once) {
            once.run();
        }

        @Override
        public void finish() {}
    }
}

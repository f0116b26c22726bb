// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.value.Bytes;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** The servers of this package as programs on stdin and stdout: {@code sftp HOME}, or {@code scp HOME LINE}. */
final class SftpOverStdio {
    private SftpOverStdio() {}

    public static void main(String[] arguments) throws Exception {
        DirectoryFiles files = new DirectoryFiles(Path.of(arguments[1]));
        SandboxProcess server =
                switch (arguments[0]) {
                    case "sftp" -> new SftpServer(files, FileActivity.NONE);
                    case "scp" ->
                            ScpServer.start(
                                    files,
                                    ScpCommand.parse(Bytes.utf8(arguments[2])).orElseThrow(),
                                    FileActivity.NONE);
                    default -> throw new IllegalArgumentException(arguments[0]);
                };
        Thread.ofPlatform()
                .daemon()
                .start(() -> pump(new FileInputStream(FileDescriptor.in), server.stdin().stream()));
        try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
            server.stdout().stream().transferTo(out);
        }
        System.exit(
                server.exit().get() instanceof ExitStatus.Exited exited ? exited.status() : 255);
    }

    /** The command that runs this program. */
    static List<String> command(String... arguments) {
        List<String> command =
                new java.util.ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                SftpOverStdio.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static void pump(InputStream from, OutputStream to) {
        try (to) {
            from.transferTo(to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

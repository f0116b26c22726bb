// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import dev.postern.api.error.ConfigException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The directory that holds everything the gateway keeps; nobody else may look into it. */
final class StateDirectory {
    private static final Set<PosixFilePermission> OWNER_DIRECTORY =
            PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_FILE =
            PosixFilePermissions.fromString("rw-------");

    private StateDirectory() {}

    /**
     * Makes it where it is missing, closes it to others, and writes into it once.
     *
     * @throws ConfigException if the gateway cannot keep anything there
     */
    static Path prepare(Path directory) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY));
            if (!Files.getPosixFilePermissions(directory).equals(OWNER_DIRECTORY)) {
                Files.setPosixFilePermissions(directory, OWNER_DIRECTORY);
            }
            Files.delete(Files.createTempFile(directory, ".writable", ""));
            return directory;
        } catch (IOException e) {
            throw new ConfigException(
                    "postern.state-directory is '"
                            + directory
                            + "', which cannot be used: "
                            + reason(e)
                            + "; expected a directory that the gateway may write to");
        }
    }

    /** Writes a file at once or not at all, mode 0600. */
    static void write(Path file, String text) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Path unfinished =
                Files.createTempFile(
                        directory,
                        ".unfinished",
                        "",
                        PosixFilePermissions.asFileAttribute(OWNER_FILE));
        try {
            Files.writeString(unfinished, text);
            Files.move(
                    unfinished,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** What went wrong, in words. */
    static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "no such directory";
            case FileAlreadyExistsException file -> "it is not a directory";
            case FileSystemException system when system.getReason() != null -> system.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.FileException;
import dev.postern.api.backend.FileException.Status;
import dev.postern.api.backend.FileNames;
import dev.postern.api.error.ConfigException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Turns paths into descriptors. Where there is a root, the kernel itself resolves every path within it
 * ({@code openat2} with {@code RESOLVE_IN_ROOT}): links, {@code ..} and directories that are moved meanwhile cannot lead
 * out.
 */
final class FileTree implements AutoCloseable {
    private static final int SYS_OPENAT2 = 437;
    private static final int HOW_SIZE = 24;
    private static final long IN_ROOT = 0x10;
    private static final long NO_MAGIC_LINKS = 0x02;
    private static final int MOST_OCTETS = 4096;

    private final Optional<Integer> root;

    private FileTree(Optional<Integer> root) {
        this.root = root;
    }

    /** The whole host. */
    static FileTree host() {
        return new FileTree(Optional.empty());
    }

    /** What lies under a directory, which clients see as {@code /}. */
    static FileTree under(Path directory) {
        try (Arena arena = Arena.ofConfined()) {
            int fd =
                    FileCalls.OPENAT.call(
                            FileCalls.AT_FDCWD,
                            arena.allocateFrom(directory.toString()).address(),
                            FileCalls.O_PATH | FileCalls.O_DIRECTORY | Posix.O_CLOEXEC,
                            0);
            if (fd < 0) {
                throw new ConfigException(
                        "Setting 'files-root' is '"
                                + directory
                                + "', expected a directory: "
                                + Errno.text(-fd));
            }
            FileTree tree = new FileTree(Optional.of(fd));
            int probe = tree.resolve(arena, fd, ".", FileCalls.O_PATH, 0);
            if (probe < 0) {
                tree.close();
                throw new ConfigException(
                        "Setting 'files-root' is '"
                                + directory
                                + "', expected null: this kernel has no openat2 ("
                                + Errno.text(-probe)
                                + ")");
            }
            Posix.CLOSE.call(probe);
            return tree;
        }
    }

    /** A directory's descriptor and a name in it. */
    record Place(int directory, MemorySegment name, boolean owned) implements AutoCloseable {
        @Override
        public void close() {
            if (owned) {
                Posix.CLOSE.call(directory);
            }
        }
    }

    /** Opens a path. */
    int open(String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            if (root.isEmpty()) {
                return FileCalls.checked(
                        FileCalls.OPENAT.call(
                                FileCalls.AT_FDCWD,
                                name(arena, path).address(),
                                flags | Posix.O_CLOEXEC,
                                mode));
            }
            return FileCalls.checked(resolve(arena, root.get(), path, flags, mode));
        }
    }

    /** Where the last part of a path is, itself not resolved. */
    Place place(Arena arena, String path) {
        if (root.isEmpty()) {
            return new Place(FileCalls.AT_FDCWD, name(arena, path), false);
        }
        String text = withoutSlashes(path);
        int cut = text.lastIndexOf('/');
        String parent = cut <= 0 ? "/" : text.substring(0, cut);
        String last = text.substring(cut + 1);
        int directory = open(parent, FileCalls.O_PATH | FileCalls.O_DIRECTORY, 0);
        return new Place(directory, name(arena, last.isEmpty() ? "." : last), true);
    }

    /** The path of an open descriptor as clients see it. */
    String pathOf(int fd) {
        String path = onHost(fd);
        if (root.isEmpty()) {
            return path;
        }
        String top = onHost(root.get());
        if (path.equals(top) || top.equals("/")) {
            return path.equals(top) ? "/" : path;
        }
        if (!path.startsWith(top + "/")) {
            throw new FileException(Status.NO_SUCH_FILE, "no such file or directory");
        }
        return path.substring(top.length());
    }

    /** The path under which {@code /proc} shows an open descriptor, for calls that take no descriptor. */
    static MemorySegment magic(Arena arena, int fd) {
        return arena.allocateFrom("/proc/self/fd/" + fd);
    }

    /** The path itself without slashes at its end. */
    static String withoutSlashes(String path) {
        int end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    static MemorySegment name(Arena arena, String path) {
        return NativeFunction.string(arena, FileNames.encode(path));
    }

    /** The text of a link. */
    static String link(Arena arena, int directory, MemorySegment name) {
        MemorySegment text = arena.allocate(MOST_OCTETS);
        int length =
                FileCalls.checked(
                        FileCalls.READLINKAT.call(
                                directory, name.address(), text.address(), MOST_OCTETS));
        byte[] octets = text.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        return FileNames.decode(octets, 0, octets.length);
    }

    private static String onHost(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            return link(arena, FileCalls.AT_FDCWD, magic(arena, fd));
        }
    }

    private int resolve(Arena arena, int directory, String path, int flags, int mode) {
        MemorySegment how = arena.allocate(HOW_SIZE, 8);
        how.set(ValueLayout.JAVA_LONG, 0, Integer.toUnsignedLong(flags | Posix.O_CLOEXEC));
        // The kernel refuses mode bits where nothing can be made.
        how.set(ValueLayout.JAVA_LONG, 8, (flags & FileCalls.O_CREAT) != 0 ? mode : 0);
        how.set(ValueLayout.JAVA_LONG, 16, IN_ROOT | NO_MAGIC_LINKS);
        MemorySegment name = name(arena, path);
        int fd = openat2(directory, name, how);
        // A rename somewhere above made the kernel give up; it is right to try again.
        for (int i = 0; fd == -Errno.EAGAIN && i < 100; i++) {
            fd = openat2(directory, name, how);
        }
        return fd;
    }

    private static int openat2(int directory, MemorySegment name, MemorySegment how) {
        return Posix.SYSCALL.call(SYS_OPENAT2, directory, name.address(), how.address(), HOW_SIZE);
    }

    @Override
    public void close() {
        root.ifPresent(fd -> Posix.CLOSE.call(fd));
    }
}

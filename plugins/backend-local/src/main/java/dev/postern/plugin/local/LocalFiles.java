// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.FileException;
import dev.postern.api.backend.SandboxFiles;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * The files of this host as its user sees them. The calls are the kernel's own, with octets for names, so that modes,
 * times and errors are exact and a name need not be text in the gateway's locale.
 */
final class LocalFiles implements SandboxFiles {
    private static final int NO_REPLACE = 1;

    private final FileTree tree;
    private final String home;

    /** Files of a tree; {@code home} is where sessions begin, as clients see it. */
    LocalFiles(FileTree tree, String home) {
        this.tree = tree;
        this.home = home;
    }

    @Override
    public String home() {
        return home;
    }

    @Override
    public OpenFile open(String path, Set<OpenOption> options, FileAttributes attributes) {
        boolean write = options.contains(OpenOption.WRITE) || options.contains(OpenOption.APPEND);
        boolean read = options.contains(OpenOption.READ) || !write;
        // Without O_NONBLOCK a FIFO would hold the caller until somebody opens its other end.
        int flags =
                (write ? read ? Posix.O_RDWR : FileCalls.O_WRONLY : 0)
                        | Posix.O_NONBLOCK
                        | Posix.O_NOCTTY;
        for (OpenOption option : options) {
            flags |=
                    switch (option) {
                        case READ, WRITE -> 0;
                        case APPEND -> FileCalls.O_APPEND;
                        case CREATE -> FileCalls.O_CREAT;
                        case TRUNCATE -> FileCalls.O_TRUNC;
                        case EXCLUSIVE -> FileCalls.O_EXCL;
                    };
        }
        int mode = attributes.mode().orElse(0666) & 07777;
        return new LocalOpenFile(tree.open(absolute(path), flags, mode));
    }

    @Override
    public Listing list(String path) {
        return new LocalListing(tree.open(absolute(path), FileCalls.O_DIRECTORY, 0));
    }

    @Override
    public FileAttributes attributes(String path, boolean followLinks) {
        int fd = handle(path, followLinks);
        try {
            return FileStat.of(fd);
        } finally {
            Posix.CLOSE.call(fd);
        }
    }

    @Override
    public void setAttributes(String path, FileAttributes attributes, boolean followLinks) {
        int fd = handle(path, followLinks);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment magic = FileTree.magic(arena, fd);
            MemorySegment empty = arena.allocateFrom("");
            // In this order, because a change of owner takes away set-user-id bits and a change of
            // size the times.
            attributes
                    .size()
                    .ifPresent(size ->
                            FileCalls.checked(FileCalls.TRUNCATE.call(magic.address(), size)));
            attributes
                    .owner()
                    .ifPresent(owner ->
                            FileCalls.checked(
                                    FileCalls.FCHOWNAT.call(
                                            fd,
                                            empty.address(),
                                            owner.uid(),
                                            owner.gid(),
                                            FileCalls.AT_EMPTY_PATH)));
            attributes
                    .mode()
                    .ifPresent(mode ->
                            FileCalls.checked(Posix.CHMOD.call(magic.address(), mode & 07777)));
            attributes
                    .times()
                    .ifPresent(times ->
                            FileCalls.checked(
                                    FileCalls.UTIMENSAT.call(
                                            fd,
                                            empty.address(),
                                            times(arena, times).address(),
                                            FileCalls.AT_EMPTY_PATH)));
        } finally {
            Posix.CLOSE.call(fd);
        }
    }

    @Override
    public void makeDirectory(String path, FileAttributes attributes) {
        int mode = attributes.mode().orElse(0777) & 07777;
        at(path, place -> FileCalls.MKDIRAT.call(place.directory(), place.name().address(), mode));
    }

    @Override
    public void removeDirectory(String path) {
        at(
                path,
                place ->
                        FileCalls.UNLINKAT.call(
                                place.directory(), place.name().address(), FileCalls.AT_REMOVEDIR));
    }

    @Override
    public void remove(String path) {
        at(path, place -> FileCalls.UNLINKAT.call(place.directory(), place.name().address(), 0));
    }

    @Override
    public void rename(String from, String to, boolean replace) {
        try (Arena arena = Arena.ofConfined();
                FileTree.Place source = tree.place(arena, absolute(from));
                FileTree.Place target = tree.place(arena, absolute(to))) {
            if (replace) {
                FileCalls.checked(
                        FileCalls.RENAMEAT.call(
                                source.directory(),
                                source.name().address(),
                                target.directory(),
                                target.name().address()));
                return;
            }
            int result =
                    FileCalls.RENAMEAT2.call(
                            source.directory(),
                            source.name().address(),
                            target.directory(),
                            target.name().address(),
                            NO_REPLACE);
            FileCalls.checked(result == -Errno.EINVAL ? renameByLink(source, target) : result);
        }
    }

    // A file system without RENAME_NOREPLACE: a link never replaces, as OpenSSH's server does it.
    private static int renameByLink(FileTree.Place source, FileTree.Place target) {
        int linked =
                FileCalls.LINKAT.call(
                        source.directory(),
                        source.name().address(),
                        target.directory(),
                        target.name().address(),
                        0);
        return linked < 0
                ? linked
                : FileCalls.UNLINKAT.call(source.directory(), source.name().address(), 0);
    }

    @Override
    public void symbolicLink(String target, String link) {
        try (Arena arena = Arena.ofConfined();
                FileTree.Place place = tree.place(arena, absolute(link))) {
            MemorySegment text = FileTree.name(arena, target);
            FileCalls.checked(
                    FileCalls.SYMLINKAT.call(
                            text.address(), place.directory(), place.name().address()));
        }
    }

    @Override
    public void hardLink(String existing, String link) {
        try (Arena arena = Arena.ofConfined();
                FileTree.Place source = tree.place(arena, absolute(existing));
                FileTree.Place target = tree.place(arena, absolute(link))) {
            FileCalls.checked(
                    FileCalls.LINKAT.call(
                            source.directory(),
                            source.name().address(),
                            target.directory(),
                            target.name().address(),
                            0));
        }
    }

    @Override
    public String readLink(String path) {
        try (Arena arena = Arena.ofConfined();
                FileTree.Place place = tree.place(arena, absolute(path))) {
            return FileTree.link(arena, place.directory(), place.name());
        }
    }

    @Override
    public String realPath(String path) {
        String text = FileTree.withoutSlashes(absolute(path));
        try {
            return pathOf(text);
        } catch (FileException e) {
            int cut = text.lastIndexOf('/');
            String last = text.substring(cut + 1);
            if (e.status() != FileException.Status.NO_SUCH_FILE
                    || last.equals("..")
                    || dangling(text)) {
                throw e;
            }
            String parent = pathOf(cut <= 0 ? "/" : text.substring(0, cut));
            return parent.equals("/") ? "/" + last : parent + "/" + last;
        }
    }

    @Override
    public FileSystemStatistics statistics(String path) {
        int fd = handle(path, true);
        try {
            return FileStat.fileSystem(fd);
        } finally {
            Posix.CLOSE.call(fd);
        }
    }

    /** Two {@code struct timespec}: last access and last modification. */
    static MemorySegment times(Arena arena, Times times) {
        MemorySegment both = arena.allocate(32, 8);
        both.set(ValueLayout.JAVA_LONG, 0, times.access());
        both.set(ValueLayout.JAVA_LONG, 16, times.modification());
        return both;
    }

    private boolean dangling(String path) {
        try {
            attributes(path, false);
            return true;
        } catch (FileException e) {
            return false;
        }
    }

    private String pathOf(String path) {
        int fd = tree.open(path, FileCalls.O_PATH, 0);
        try {
            return tree.pathOf(fd);
        } finally {
            Posix.CLOSE.call(fd);
        }
    }

    /** A descriptor that names a file without opening it, so that no right to read it is needed. */
    private int handle(String path, boolean followLinks) {
        return tree.open(
                absolute(path), FileCalls.O_PATH | (followLinks ? 0 : FileCalls.O_NOFOLLOW), 0);
    }

    private void at(String path, ToIntFunction<FileTree.Place> call) {
        try (Arena arena = Arena.ofConfined();
                FileTree.Place place = tree.place(arena, absolute(path))) {
            FileCalls.checked(call.applyAsInt(place));
        }
    }

    private String absolute(String path) {
        if (path.startsWith("/")) {
            return path;
        }
        return home.equals("/") ? "/" + path : home + "/" + path;
    }
}

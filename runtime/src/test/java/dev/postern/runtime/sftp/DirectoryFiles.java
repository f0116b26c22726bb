// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.FileException;
import dev.postern.api.backend.FileException.Status;
import dev.postern.api.backend.SandboxFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** The files of this host, seen from a directory, for tests. */
final class DirectoryFiles implements SandboxFiles {
    final AtomicInteger open = new AtomicInteger();
    private final Path home;

    DirectoryFiles(Path home) {
        this.home = home;
    }

    @Override
    public String home() {
        return home.toString();
    }

    private Path at(String path) {
        return home.resolve(path);
    }

    private interface Action<T> {
        T run() throws IOException;
    }

    private static <T> T answer(Action<T> action) {
        try {
            return action.run();
        } catch (NoSuchFileException e) {
            throw new FileException(Status.NO_SUCH_FILE, "No such file");
        } catch (AccessDeniedException e) {
            throw new FileException(Status.PERMISSION_DENIED, "Permission denied");
        } catch (FileAlreadyExistsException e) {
            throw new FileException(Status.EXISTS, "File exists");
        } catch (DirectoryNotEmptyException e) {
            throw new FileException(Status.NOT_EMPTY, "Directory not empty");
        } catch (IOException e) {
            throw new FileException(Status.FAILURE, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public OpenFile open(String path, Set<OpenOption> options, FileAttributes attributes) {
        Set<StandardOpenOption> how = new HashSet<>();
        options.forEach(option ->
                how.add(
                        switch (option) {
                            case READ -> StandardOpenOption.READ;
                            case WRITE -> StandardOpenOption.WRITE;
                            case APPEND -> StandardOpenOption.APPEND;
                            case CREATE -> StandardOpenOption.CREATE;
                            case TRUNCATE -> StandardOpenOption.TRUNCATE_EXISTING;
                            case EXCLUSIVE -> StandardOpenOption.CREATE_NEW;
                        }));
        int mode = attributes.mode().orElse(0666) & 0777;
        Path file = at(path);
        FileChannel channel =
                answer(() -> {
                    FileChannel opened =
                            FileChannel.open(
                                    file,
                                    how,
                                    PosixFilePermissions.asFileAttribute(permissions(mode)));
                    if (Files.isDirectory(file)) {
                        opened.close();
                        throw new IOException("Is a directory");
                    }
                    return opened;
                });
        open.incrementAndGet();
        return new DiskFile(file, channel, options.contains(OpenOption.APPEND));
    }

    private static Set<java.nio.file.attribute.PosixFilePermission> permissions(int mode) {
        StringBuilder text = new StringBuilder();
        for (int bit = 8; bit >= 0; bit--) {
            text.append((mode >> bit & 1) == 0 ? '-' : "xwr".charAt(bit % 3));
        }
        return PosixFilePermissions.fromString(text.toString());
    }

    private final class DiskFile implements OpenFile {
        private final Path path;
        private final FileChannel channel;
        private final boolean append;

        DiskFile(Path path, FileChannel channel, boolean append) {
            this.path = path;
            this.channel = channel;
            this.append = append;
        }

        @Override
        public int read(long position, byte[] bytes, int offset, int length) {
            return answer(() -> channel.read(ByteBuffer.wrap(bytes, offset, length), position));
        }

        @Override
        public void write(long position, byte[] bytes, int offset, int length) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            int _ = answer(() -> append ? channel.write(buffer) : channel.write(buffer, position));
        }

        @Override
        public FileAttributes attributes() {
            return DirectoryFiles.this.attributes(path.toString(), true);
        }

        @Override
        public void setAttributes(FileAttributes attributes) {
            DirectoryFiles.this.setAttributes(path.toString(), attributes, true);
        }

        @Override
        public void sync() {
            answer(() -> {
                channel.force(true);
                return channel;
            });
        }

        @Override
        public FileSystemStatistics statistics() {
            return DirectoryFiles.this.statistics(path.toString());
        }

        @Override
        public void close() {
            open.decrementAndGet();
            answer(() -> {
                channel.close();
                return channel;
            });
        }
    }

    @Override
    public Listing list(String path) {
        List<Entry> entries = new ArrayList<>();
        Path directory = at(path);
        answer(() -> {
            entries.add(new Entry(".", attributes(path, true)));
            entries.add(new Entry("..", attributes(path + "/..", true)));
            try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
                for (Path child : children) {
                    entries.add(
                            new Entry(
                                    child.getFileName().toString(),
                                    attributes(child.toString(), false)));
                }
            }
            return entries;
        });
        open.incrementAndGet();
        Iterator<Entry> iterator = entries.iterator();
        return new Listing() {
            @Override
            public boolean hasNext() {
                return iterator.hasNext();
            }

            @Override
            public Entry next() {
                return iterator.next();
            }

            @Override
            public void close() {
                open.decrementAndGet();
            }
        };
    }

    @Override
    public FileAttributes attributes(String path, boolean followLinks) {
        Map<String, Object> unix =
                answer(() -> Files.readAttributes(at(path), "unix:*", links(followLinks)));
        return new FileAttributes(
                Optional.of(value(unix, "size", Long.class)),
                Optional.of(
                        new Owner(
                                value(unix, "uid", Integer.class),
                                value(unix, "gid", Integer.class))),
                Optional.of(value(unix, "mode", Integer.class)),
                Optional.of(
                        new Times(
                                seconds(value(unix, "lastAccessTime", FileTime.class)),
                                seconds(value(unix, "lastModifiedTime", FileTime.class)))),
                Optional.of(String.valueOf(unix.get("owner"))),
                Optional.of(String.valueOf(unix.get("group"))),
                Optional.of(value(unix, "nlink", Integer.class)));
    }

    private static <T> T value(Map<String, Object> attributes, String name, Class<T> type) {
        return type.cast(Objects.requireNonNull(attributes.get(name), name));
    }

    private static long seconds(FileTime time) {
        return time.toInstant().getEpochSecond();
    }

    private static LinkOption[] links(boolean follow) {
        return follow ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
    }

    @Override
    public void setAttributes(String path, FileAttributes attributes, boolean followLinks) {
        Path file = at(path);
        answer(() -> {
            if (attributes.size().isPresent()) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    long size = attributes.size().get();
                    if (size > channel.size()) {
                        channel.write(ByteBuffer.allocate(1), size - 1);
                    }
                    channel.truncate(size);
                }
            }
            if (attributes.mode().isPresent()) {
                Files.setAttribute(
                        file, "unix:mode", attributes.mode().get() & 07777, links(followLinks));
            }
            if (attributes.owner().isPresent()) {
                Files.setAttribute(
                        file, "unix:uid", attributes.owner().get().uid(), links(followLinks));
                Files.setAttribute(
                        file, "unix:gid", attributes.owner().get().gid(), links(followLinks));
            }
            if (attributes.times().isPresent()) {
                FileTime access =
                        FileTime.from(
                                java.time.Instant.ofEpochSecond(attributes.times().get().access()));
                FileTime change =
                        FileTime.from(
                                java.time.Instant.ofEpochSecond(
                                        attributes.times().get().modification()));
                Files.setAttribute(file, "lastAccessTime", access, links(followLinks));
                Files.setAttribute(file, "lastModifiedTime", change, links(followLinks));
            }
            return file;
        });
    }

    @Override
    public void makeDirectory(String path, FileAttributes attributes) {
        answer(() ->
                Files.createDirectory(
                        at(path),
                        PosixFilePermissions.asFileAttribute(
                                permissions(attributes.mode().orElse(0777) & 0777))));
    }

    @Override
    public void removeDirectory(String path) {
        Path directory = at(path);
        answer(() -> {
            if (Files.exists(directory)
                    && !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException("Not a directory");
            }
            Files.delete(directory);
            return directory;
        });
    }

    @Override
    public void remove(String path) {
        Path file = at(path);
        answer(() -> {
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException("Is a directory");
            }
            Files.delete(file);
            return file;
        });
    }

    @Override
    public void rename(String from, String to, boolean replace) {
        CopyOption[] how =
                replace
                        ? new CopyOption[] {
                            StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE
                        }
                        : new CopyOption[0];
        answer(() -> {
            try {
                return Files.move(at(from), at(to), how);
            } catch (AtomicMoveNotSupportedException e) {
                throw new IOException("Other file system", e);
            }
        });
    }

    @Override
    public void symbolicLink(String target, String link) {
        answer(() -> Files.createSymbolicLink(at(link), Path.of(target)));
    }

    @Override
    public void hardLink(String existing, String link) {
        answer(() -> Files.createLink(at(link), at(existing)));
    }

    @Override
    public String readLink(String path) {
        return answer(() -> Files.readSymbolicLink(at(path)).toString());
    }

    @Override
    public String realPath(String path) {
        Path file = at(path).normalize();
        return answer(() -> {
            if (Files.exists(file) || file.getParent() == null) {
                return file.toRealPath().toString();
            }
            return file.getParent().toRealPath().resolve(file.getFileName()).toString();
        });
    }

    @Override
    public FileSystemStatistics statistics(String path) {
        return answer(() -> {
            FileStore store = Files.getFileStore(at(path));
            long block = store.getBlockSize();
            return new FileSystemStatistics(
                    block,
                    block,
                    store.getTotalSpace() / block,
                    store.getUnallocatedSpace() / block,
                    store.getUsableSpace() / block,
                    0,
                    0,
                    0,
                    0,
                    store.isReadOnly(),
                    false,
                    255);
        });
    }
}

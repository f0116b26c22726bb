// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.FileException;
import dev.postern.api.backend.FileException.Status;
import dev.postern.api.backend.SandboxFiles.FileAttributes;
import dev.postern.api.backend.SandboxFiles.FileSystemStatistics;
import dev.postern.api.backend.SandboxFiles.OpenFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * An open file. Its calls may wait for a disk, so they must not be critical ones, which would hold up garbage
 * collection: bytes go through native buffers.
 */
final class LocalOpenFile implements OpenFile {
    private final int fd;
    // Readers are calls, the writer is close: a number that is in use is not given back.
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    LocalOpenFile(int fd) {
        this.fd = fd;
    }

    @Override
    public int read(long position, byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return open(() -> {
            try (NativeBuffer buffer = NativeBuffer.borrow()) {
                int most = Math.min(length, NativeBuffer.SIZE);
                int count = FileCalls.PREAD.call(fd, buffer.memory().address(), most, position);
                while (count == -Errno.EINTR) {
                    count = FileCalls.PREAD.call(fd, buffer.memory().address(), most, position);
                }
                FileCalls.checked(count);
                MemorySegment.copy(buffer.memory(), ValueLayout.JAVA_BYTE, 0, bytes, offset, count);
                return count == 0 ? -1 : count;
            }
        });
    }

    @Override
    public void write(long position, byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        open(() -> {
            try (NativeBuffer buffer = NativeBuffer.borrow()) {
                for (int done = 0; done < length; ) {
                    int chunk = Math.min(length - done, NativeBuffer.SIZE);
                    MemorySegment.copy(
                            bytes, offset + done, buffer.memory(), ValueLayout.JAVA_BYTE, 0, chunk);
                    int count =
                            FileCalls.PWRITE.call(
                                    fd, buffer.memory().address(), chunk, position + done);
                    if (count != -Errno.EINTR) {
                        done += FileCalls.checked(count);
                    }
                }
                return length;
            }
        });
    }

    @Override
    public FileAttributes attributes() {
        return open(() -> FileStat.of(fd));
    }

    @Override
    public void setAttributes(FileAttributes attributes) {
        open(() -> {
            try (Arena arena = Arena.ofConfined()) {
                attributes
                        .size()
                        .ifPresent(size -> FileCalls.checked(FileCalls.FTRUNCATE.call(fd, size)));
                attributes
                        .owner()
                        .ifPresent(owner ->
                                FileCalls.checked(
                                        FileCalls.FCHOWNAT.call(
                                                fd,
                                                arena.allocateFrom("").address(),
                                                owner.uid(),
                                                owner.gid(),
                                                FileCalls.AT_EMPTY_PATH)));
                attributes
                        .mode()
                        .ifPresent(
                                mode -> FileCalls.checked(FileCalls.FCHMOD.call(fd, mode & 07777)));
                attributes
                        .times()
                        .ifPresent(times ->
                                FileCalls.checked(
                                        FileCalls.FUTIMENS.call(
                                                fd, LocalFiles.times(arena, times).address())));
                return fd;
            }
        });
    }

    @Override
    public void sync() {
        open(() -> FileCalls.checked(FileCalls.FSYNC.call(fd)));
    }

    @Override
    public FileSystemStatistics statistics() {
        return open(() -> FileStat.fileSystem(fd));
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                int result = Posix.CLOSE.call(fd);
                if (result != -Errno.EINTR) {
                    FileCalls.checked(result);
                }
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private <T> T open(Supplier<T> call) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new FileException(Status.FAILURE, "the file is closed");
            }
            return call.get();
        } finally {
            lock.readLock().unlock();
        }
    }
}

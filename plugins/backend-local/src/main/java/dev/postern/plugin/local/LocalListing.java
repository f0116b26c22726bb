// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.FileNames;
import dev.postern.api.backend.SandboxFiles.Entry;
import dev.postern.api.backend.SandboxFiles.FileAttributes;
import dev.postern.api.backend.SandboxFiles.Listing;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NoSuchElementException;

/** A directory that is read as it is asked for, a buffer of names at a time. */
final class LocalListing implements Listing {
    private static final int ROOM = 32 * 1024;
    private static final int LENGTH = 16;
    private static final int NAME = 19;

    private final int fd;
    private final Deque<byte[]> names = new ArrayDeque<>();
    private final Deque<Entry> ready = new ArrayDeque<>();
    private boolean ended;
    private boolean closed;

    LocalListing(int fd) {
        this.fd = fd;
    }

    @Override
    public synchronized boolean hasNext() {
        while (ready.isEmpty() && !(ended && names.isEmpty())) {
            advance();
        }
        return !ready.isEmpty();
    }

    @Override
    public synchronized Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The directory has no more entries");
        }
        return ready.remove();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            ended = true;
            names.clear();
            Posix.CLOSE.call(fd);
        }
    }

    private void advance() {
        if (names.isEmpty()) {
            readNames();
        }
        byte[] name = names.poll();
        if (name == null) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment room = FileStat.room(arena);
            int result =
                    FileStat.read(
                            fd,
                            NativeFunction.string(arena, name),
                            FileCalls.AT_SYMLINK_NOFOLLOW,
                            room);
            // One that has been removed meanwhile is not listed; one that may not be looked at has
            // only its name.
            if (result != -Errno.ENOENT) {
                FileAttributes attributes =
                        result < 0 ? FileAttributes.NONE : FileStat.attributes(room, true);
                ready.add(new Entry(FileNames.decode(name, 0, name.length), attributes));
            }
        }
    }

    private void readNames() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment room = arena.allocate(ROOM, 8);
            int size = FileCalls.checked(FileCalls.GETDENTS.call(fd, room.address(), ROOM));
            ended = size == 0;
            for (int at = 0; at < size; ) {
                int length = room.get(ValueLayout.JAVA_CHAR_UNALIGNED, (long) at + LENGTH);
                names.add(NativeFunction.octets(room.address() + at + NAME, length - NAME));
                at += length;
            }
        }
    }
}

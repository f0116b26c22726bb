// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.SandboxFiles.FileAttributes;
import dev.postern.api.backend.SandboxFiles.FileSystemStatistics;
import dev.postern.api.backend.SandboxFiles.Owner;
import dev.postern.api.backend.SandboxFiles.Times;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Reads {@code struct statx} and {@code struct statvfs}. */
final class FileStat {
    private static final int STATX_SIZE = 256;
    private static final int STATX_BASIC = 0x7ff;
    private static final int STATVFS_SIZE = 112;
    private static final int READ_ONLY = 1;
    private static final int NO_SET_UID = 2;
    private static final Map<Integer, Optional<String>> USERS = new ConcurrentHashMap<>();
    private static final Map<Integer, Optional<String>> GROUPS = new ConcurrentHashMap<>();

    private FileStat() {}

    /** Attributes of a name in a directory, or of the descriptor itself if the name is empty; a negated error or 0. */
    static int read(int directory, MemorySegment name, int flags, MemorySegment room) {
        return FileCalls.STATX.call(directory, name.address(), flags, STATX_BASIC, room.address());
    }

    static MemorySegment room(Arena arena) {
        return arena.allocate(STATX_SIZE, 8);
    }

    /** Attributes of an open descriptor. */
    static FileAttributes of(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment room = room(arena);
            FileCalls.checked(read(fd, arena.allocateFrom(""), FileCalls.AT_EMPTY_PATH, room));
            return attributes(room, false);
        }
    }

    /** What was read; with names of user and group for a listing. */
    static FileAttributes attributes(MemorySegment room, boolean names) {
        int uid = room.get(ValueLayout.JAVA_INT, 20);
        int gid = room.get(ValueLayout.JAVA_INT, 24);
        return new FileAttributes(
                Optional.of(room.get(ValueLayout.JAVA_LONG, 40)),
                Optional.of(new Owner(uid, gid)),
                Optional.of((int) room.get(ValueLayout.JAVA_CHAR, 28)),
                Optional.of(
                        new Times(
                                room.get(ValueLayout.JAVA_LONG, 64),
                                room.get(ValueLayout.JAVA_LONG, 112))),
                names ? USERS.computeIfAbsent(uid, Account::nameOf) : Optional.empty(),
                names ? GROUPS.computeIfAbsent(gid, Account::groupNameOf) : Optional.empty(),
                Optional.of(room.get(ValueLayout.JAVA_INT, 16)));
    }

    /** Figures of the file system that holds an open descriptor. */
    static FileSystemStatistics fileSystem(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment room = arena.allocate(STATVFS_SIZE, 8);
            FileCalls.checked(FileCalls.FSTATVFS.call(fd, room.address()));
            long flags = field(room, 9);
            return new FileSystemStatistics(
                    field(room, 0),
                    field(room, 1),
                    field(room, 2),
                    field(room, 3),
                    field(room, 4),
                    field(room, 5),
                    field(room, 6),
                    field(room, 7),
                    field(room, 8),
                    (flags & READ_ONLY) != 0,
                    (flags & NO_SET_UID) != 0,
                    field(room, 10));
        }
    }

    private static long field(MemorySegment room, int index) {
        return room.get(ValueLayout.JAVA_LONG, (long) index * Long.BYTES);
    }
}

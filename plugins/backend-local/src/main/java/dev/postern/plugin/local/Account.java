// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A user of this host, from the name service that the C library uses.
 *
 * @param name login name
 * @param uid user
 * @param gid primary group
 * @param shell login shell
 */
record Account(String name, int uid, int gid, String shell) {
    private static final NativeFunction GETPWUID = NativeFunction.of("getpwuid_r", 5);
    private static final NativeFunction GETPWNAM = NativeFunction.of("getpwnam_r", 5);
    private static final NativeFunction GETGRGID = NativeFunction.of("getgrgid_r", 5);
    private static final NativeFunction GETEGID = NativeFunction.of("getegid", 1);
    private static final int ROOM = 64 * 1024;

    /** The user that the gateway runs as; a container's may have no name. */
    static Account own() {
        int uid = Posix.GETEUID.call(0);
        try (Arena arena = Arena.ofConfined()) {
            return look(arena, GETPWUID, Integer.toUnsignedLong(uid))
                    .orElseGet(() ->
                            new Account(
                                    Integer.toUnsignedString(uid),
                                    uid,
                                    GETEGID.call(0),
                                    "/bin/sh"));
        }
    }

    /** The user of a name. */
    static Optional<Account> named(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return look(arena, GETPWNAM, arena.allocateFrom(name).address());
        }
    }

    /** The name of a uid, for listings. */
    static Optional<String> nameOf(int uid) {
        try (Arena arena = Arena.ofConfined()) {
            return look(arena, GETPWUID, Integer.toUnsignedLong(uid)).map(Account::name);
        }
    }

    /** The name of a gid, for listings. */
    static Optional<String> groupNameOf(int gid) {
        try (Arena arena = Arena.ofConfined()) {
            // struct group begins with its name, as struct passwd does.
            MemorySegment entry = arena.allocate(48, 8);
            MemorySegment text = arena.allocate(ROOM);
            MemorySegment found = arena.allocate(ValueLayout.JAVA_LONG);
            GETGRGID.call(
                    Integer.toUnsignedLong(gid),
                    entry.address(),
                    text.address(),
                    ROOM,
                    found.address());
            return found.get(ValueLayout.JAVA_LONG, 0) == 0
                    ? Optional.empty()
                    : Optional.of(text(entry, 0));
        }
    }

    private static Optional<Account> look(Arena arena, NativeFunction function, long key) {
        // struct passwd: name, password, uid, gid, gecos, directory, shell.
        MemorySegment entry = arena.allocate(48, 8);
        MemorySegment text = arena.allocate(ROOM);
        MemorySegment found = arena.allocate(ValueLayout.JAVA_LONG);
        function.call(key, entry.address(), text.address(), ROOM, found.address());
        if (found.get(ValueLayout.JAVA_LONG, 0) == 0) {
            return Optional.empty();
        }
        String shell = text(entry, 40);
        return Optional.of(
                new Account(
                        text(entry, 0),
                        entry.get(ValueLayout.JAVA_INT, 16),
                        entry.get(ValueLayout.JAVA_INT, 20),
                        shell.isEmpty() ? "/bin/sh" : shell));
    }

    private static String text(MemorySegment entry, long offset) {
        long address = entry.get(ValueLayout.JAVA_LONG, offset);
        return address == 0
                ? ""
                : new String(NativeFunction.octets(address, 4096), StandardCharsets.UTF_8);
    }
}

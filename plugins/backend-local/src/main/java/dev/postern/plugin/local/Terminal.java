// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.PtySpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * A new PTY, set up before anything runs on it. Both descriptors are the caller's.
 *
 * @param master our side, non-blocking
 * @param slave the other side, held only until a process has opened it, so that it does not hang up before
 * @param path the slave's path
 */
record Terminal(int master, int slave, String path) {
    private static final NativeFunction OPENPT = NativeFunction.of("posix_openpt", 1);
    private static final NativeFunction GRANT = NativeFunction.of("grantpt", 1);
    private static final NativeFunction UNLOCK = NativeFunction.of("unlockpt", 1);
    private static final NativeFunction NAME = NativeFunction.of("ptsname_r", 3);
    private static final long TIOCSWINSZ = 0x5414;
    private static final long TIOCGPGRP = 0x540f;
    private static final long TCGETS2 = 0x802c542aL;
    private static final long TCSETS2 = 0x402c542bL;

    /** Opens one, with its modes and size; it belongs to the account that will use it. */
    static Terminal open(PtySpec spec, Account account) {
        int master = -1;
        int slave = -1;
        try (Arena arena = Arena.ofConfined()) {
            master =
                    Posix.aboveStandard(
                            Posix.checked(
                                    "posix_openpt",
                                    OPENPT.call(Posix.O_RDWR | Posix.O_NOCTTY | Posix.O_CLOEXEC)));
            Posix.checked("grantpt", GRANT.call(master));
            Posix.checked("unlockpt", UNLOCK.call(master));
            MemorySegment name = arena.allocate(256);
            int error = NAME.call(master, name.address(), 256);
            Posix.checked("ptsname_r", -Math.abs(error));
            slave =
                    Posix.aboveStandard(
                            Posix.checked(
                                    "open",
                                    Posix.OPEN.call(
                                            name.address(),
                                            Posix.O_RDWR | Posix.O_NOCTTY | Posix.O_CLOEXEC,
                                            0)));
            if (Posix.isRoot()) {
                Posix.checked("chown", Posix.CHOWN.call(name.address(), account.uid(), -1));
            }
            Posix.checked("chmod", Posix.CHMOD.call(name.address(), 0620));
            MemorySegment termios = arena.allocate(PtyModes.SIZE, 4);
            Posix.checked("TCGETS2", Posix.IOCTL.call(slave, TCGETS2, termios.address()));
            PtyModes.apply(termios, spec.modes());
            Posix.checked("TCSETS2", Posix.IOCTL.call(slave, TCSETS2, termios.address()));
            MemorySegment size = size(arena, spec.size());
            Posix.checked("TIOCSWINSZ", Posix.IOCTL.call(slave, TIOCSWINSZ, size.address()));
            Posix.nonBlocking(master);
            return new Terminal(
                    master,
                    slave,
                    new String(
                            NativeFunction.octets(name.address(), 256), StandardCharsets.US_ASCII));
        } catch (RuntimeException e) {
            Posix.closeAll(new int[] {master, slave});
            throw e;
        }
    }

    /** Changes the size; the kernel tells the foreground job. */
    static void resize(Descriptor master, PtySize newSize) {
        try (Arena arena = Arena.ofConfined()) {
            master.control(TIOCSWINSZ, size(arena, newSize).address());
        }
    }

    /** The process group in the foreground; 0 if there is none. */
    static int foreground(Descriptor master) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment group = arena.allocate(ValueLayout.JAVA_INT);
            int result = master.control(TIOCGPGRP, group.address());
            return result < 0 ? 0 : Math.max(0, group.get(ValueLayout.JAVA_INT, 0));
        }
    }

    private static MemorySegment size(Arena arena, PtySize size) {
        MemorySegment winsize = arena.allocate(8, 2);
        int[] fields = {size.rows(), size.columns(), size.widthPixels(), size.heightPixels()};
        for (int i = 0; i < fields.length; i++) {
            winsize.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) Math.clamp(fields[i], 0, 0xffff));
        }
        return winsize;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Consumer;

/**
 * What to start, and starting it with {@code posix_spawn}: as the leader of a new session, with all signals at their
 * defaults and no descriptor of ours but the standard three.
 *
 * @param program absolute path
 * @param arguments with the name as which it is started
 * @param environment {@code NAME=value}, octets
 * @param directory where it starts
 */
record Spawn(String program, List<byte[]> arguments, List<byte[]> environment, String directory) {
    private static final NativeFunction SPAWN = NativeFunction.of("posix_spawn", 6);
    private static final NativeFunction ATTRIBUTES = NativeFunction.of("posix_spawnattr_init", 1);
    private static final NativeFunction FLAGS = NativeFunction.of("posix_spawnattr_setflags", 2);
    private static final NativeFunction DEFAULTS =
            NativeFunction.of("posix_spawnattr_setsigdefault", 2);
    private static final NativeFunction MASK = NativeFunction.of("posix_spawnattr_setsigmask", 2);
    private static final NativeFunction ATTRIBUTES_END =
            NativeFunction.of("posix_spawnattr_destroy", 1);
    private static final NativeFunction ACTIONS =
            NativeFunction.of("posix_spawn_file_actions_init", 1);
    private static final NativeFunction ACTIONS_END =
            NativeFunction.of("posix_spawn_file_actions_destroy", 1);
    private static final NativeFunction ADD_DUP =
            NativeFunction.of("posix_spawn_file_actions_adddup2", 3);
    private static final NativeFunction ADD_OPEN =
            NativeFunction.of("posix_spawn_file_actions_addopen", 5);
    private static final NativeFunction ADD_DIRECTORY =
            NativeFunction.of("posix_spawn_file_actions_addchdir_np", 2);
    private static final NativeFunction ADD_CLOSE_FROM =
            NativeFunction.of("posix_spawn_file_actions_addclosefrom_np", 2);

    // Larger than on any glibc: 336, 80 and 128 octets on x86-64.
    private static final int ATTRIBUTES_SIZE = 512;
    private static final int ACTIONS_SIZE = 128;
    private static final int SIGNAL_SET_SIZE = 128;
    private static final int SET_SIGNAL_DEFAULTS = 0x04;
    private static final int SET_SIGNAL_MASK = 0x08;
    private static final int SET_SESSION = 0x80;

    /** Starts it on pipes: the child's ends, in the order stdin, stdout, stderr. The pid, or a negated error. */
    int onPipes(int[] standard) {
        try (Arena arena = Arena.ofConfined()) {
            return start(
                    arena,
                    actions -> {
                        for (int i = 0; i < standard.length; i++) {
                            done(ADD_DUP.call(actions.address(), standard[i], i));
                        }
                    });
        }
    }

    /**
     * Starts it on a terminal, which becomes its controlling terminal: the leader of a new session that opens a
     * terminal without {@code O_NOCTTY} gets it.
     */
    int onTerminal(String path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            return start(
                    arena,
                    actions -> {
                        done(ADD_OPEN.call(actions.address(), 0, name.address(), Posix.O_RDWR, 0));
                        done(ADD_DUP.call(actions.address(), 0, 1));
                        done(ADD_DUP.call(actions.address(), 0, 2));
                    });
        }
    }

    private int start(Arena arena, Consumer<MemorySegment> standard) {
        MemorySegment actions = arena.allocate(ACTIONS_SIZE, 8);
        MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, 8);
        done(ACTIONS.call(actions.address()));
        try {
            done(ATTRIBUTES.call(attributes.address()));
            try {
                MemorySegment none = arena.allocate(SIGNAL_SET_SIZE, 8);
                MemorySegment all = arena.allocate(SIGNAL_SET_SIZE, 8).fill((byte) 0xff);
                done(
                        FLAGS.call(
                                attributes.address(),
                                SET_SESSION | SET_SIGNAL_DEFAULTS | SET_SIGNAL_MASK));
                done(DEFAULTS.call(attributes.address(), all.address()));
                done(MASK.call(attributes.address(), none.address()));
                done(
                        ADD_DIRECTORY.call(
                                actions.address(), arena.allocateFrom(directory).address()));
                standard.accept(actions);
                done(ADD_CLOSE_FROM.call(actions.address(), 3));
                MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
                int error =
                        SPAWN.call(
                                pid.address(),
                                arena.allocateFrom(program).address(),
                                actions.address(),
                                attributes.address(),
                                NativeFunction.strings(arena, arguments).address(),
                                NativeFunction.strings(arena, environment).address());
                return error == 0 ? pid.get(ValueLayout.JAVA_INT, 0) : -Math.abs(error);
            } finally {
                ATTRIBUTES_END.call(attributes.address());
            }
        } finally {
            ACTIONS_END.call(actions.address());
        }
    }

    /** These calls return the error itself. */
    private static void done(int error) {
        Posix.checked("posix_spawn set-up", -Math.abs(error));
    }
}

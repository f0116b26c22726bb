// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/** How the terminal modes of RFC 4254 section 8 (and IUTF8, RFC 8160) change a Linux {@code struct termios2}. */
final class PtyModes {
    static final int SIZE = 44;

    private static final int INPUT = 0;
    private static final int OUTPUT = 4;
    private static final int CONTROL = 8;
    private static final int LOCAL = 12;
    private static final int CHARACTERS = 17;
    private static final int INPUT_SPEED = 36;
    private static final int OUTPUT_SPEED = 40;

    private static final int CSIZE = 0x30;
    private static final int CS7 = 0x20;
    private static final int CS8 = 0x30;
    private static final int CBAUD = 0x100f;
    private static final int INPUT_SHIFT = 16;
    private static final int OTHER_SPEED = 0x1000;

    // In the order of their codes: 1 to 15, then 0x1001 to 0x100f.
    private static final List<Integer> SPEEDS =
            List.of(
                    50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19_200,
                    38_400, 57_600, 115_200, 230_400, 460_800, 500_000, 576_000, 921_600, 1_000_000,
                    1_152_000, 1_500_000, 2_000_000, 2_500_000, 3_000_000, 3_500_000, 4_000_000);
    private static final int SLOW_SPEEDS = 15;

    // Opcode 1 to 18 to the index in c_cc; -1 where Linux has no such character.
    private static final int[] CHARACTER = {
        -1, 0, 1, 2, 3, 4, 11, 16, 8, 9, 10, -1, 12, 14, 15, -1, 7, -1, 13
    };

    private static final Map<Integer, Flag> FLAGS =
            Map.ofEntries(
                    flag(30, INPUT, 0x4),
                    flag(31, INPUT, 0x8),
                    flag(32, INPUT, 0x10),
                    flag(33, INPUT, 0x20),
                    flag(34, INPUT, 0x40),
                    flag(35, INPUT, 0x80),
                    flag(36, INPUT, 0x100),
                    flag(37, INPUT, 0x200),
                    flag(38, INPUT, 0x400),
                    flag(39, INPUT, 0x800),
                    flag(40, INPUT, 0x1000),
                    flag(41, INPUT, 0x2000),
                    flag(42, INPUT, 0x4000),
                    flag(50, LOCAL, 0x1),
                    flag(51, LOCAL, 0x2),
                    flag(52, LOCAL, 0x4),
                    flag(53, LOCAL, 0x8),
                    flag(54, LOCAL, 0x10),
                    flag(55, LOCAL, 0x20),
                    flag(56, LOCAL, 0x40),
                    flag(57, LOCAL, 0x80),
                    flag(58, LOCAL, 0x100),
                    flag(59, LOCAL, 0x8000),
                    flag(60, LOCAL, 0x200),
                    flag(61, LOCAL, 0x800),
                    flag(62, LOCAL, 0x4000),
                    flag(70, OUTPUT, 0x1),
                    flag(71, OUTPUT, 0x2),
                    flag(72, OUTPUT, 0x4),
                    flag(73, OUTPUT, 0x8),
                    flag(74, OUTPUT, 0x10),
                    flag(75, OUTPUT, 0x20),
                    flag(92, CONTROL, 0x100),
                    flag(93, CONTROL, 0x200));

    private PtyModes() {}

    /** Changes the structure as the modes ask; what Linux does not know is left out. */
    static void apply(MemorySegment termios, Map<Integer, Long> modes) {
        modes.forEach((opcode, value) -> apply(termios, opcode, value));
    }

    private static void apply(MemorySegment termios, int opcode, long value) {
        Flag flag = FLAGS.get(opcode);
        if (flag != null) {
            set(termios, flag.offset, flag.bits, value != 0 ? flag.bits : 0);
        } else if (opcode > 0 && opcode < CHARACTER.length && CHARACTER[opcode] >= 0) {
            // 255 switches the character off; Linux writes that as 0.
            byte character = value == 255 ? 0 : (byte) value;
            termios.set(ValueLayout.JAVA_BYTE, CHARACTERS + CHARACTER[opcode], character);
        } else if (opcode == 90 && value != 0) {
            set(termios, CONTROL, CSIZE, CS7);
        } else if (opcode == 91 && value != 0) {
            set(termios, CONTROL, CSIZE, CS8);
        } else if (opcode == 128) {
            speed(termios, INPUT_SPEED, INPUT_SHIFT, value);
        } else if (opcode == 129) {
            speed(termios, OUTPUT_SPEED, 0, value);
        }
    }

    // By its code where it has one, because programs know a speed only by that; else by its number.
    private static void speed(MemorySegment termios, int offset, int shift, long bitsPerSecond) {
        if (bitsPerSecond > 0 && bitsPerSecond <= Integer.MAX_VALUE) {
            int speed = (int) bitsPerSecond;
            int known = SPEEDS.indexOf(speed);
            int code =
                    known < 0
                            ? OTHER_SPEED
                            : known < SLOW_SPEEDS
                                    ? known + 1
                                    : OTHER_SPEED + 1 + known - SLOW_SPEEDS;
            set(termios, CONTROL, CBAUD << shift, code << shift);
            termios.set(ValueLayout.JAVA_INT, offset, speed);
        }
    }

    private static void set(MemorySegment termios, int offset, int mask, int bits) {
        int old = termios.get(ValueLayout.JAVA_INT, offset);
        termios.set(ValueLayout.JAVA_INT, offset, (old & ~mask) | bits);
    }

    private static Map.Entry<Integer, Flag> flag(int opcode, int offset, int bits) {
        return Map.entry(opcode, new Flag(offset, bits));
    }

    private record Flag(int offset, int bits) {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import java.util.List;

/** Signal names and numbers of Linux, the same on x86-64 and aarch64. */
final class Signals {
    static final int HUP = 1;
    static final int KILL = 9;
    static final int CONT = 18;

    private static final List<String> NAMES =
            List.of(
                    "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1",
                    "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP",
                    "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
                    "PWR", "SYS");

    private Signals() {}

    /** The number of a name without SIG; 0 if there is none. */
    static int number(String name) {
        int number = NAMES.indexOf(name);
        return Math.max(number, 0);
    }

    /** The name without SIG; a real-time signal is {@code RTMIN+n}, counted as the C library does. */
    static String name(int number) {
        return number > 0 && number < NAMES.size() ? NAMES.get(number) : "RTMIN+" + (number - 34);
    }
}

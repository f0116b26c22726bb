// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

/** Words for a POSIX shell. */
final class ShellWords {
    private ShellWords() {}

    /** The word as one word for a shell, quoted only if it must be. */
    static String quote(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+")
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import java.nio.file.Path;
import java.util.Map;

/** Where a person's own gateway keeps its state. */
final class StateDirectory {
    private StateDirectory() {}

    /** {@code $POSTERN_STATE}, else {@code postern} under {@code $XDG_STATE_HOME} or {@code ~/.local/state}. */
    static Path usual() {
        Map<String, String> env = System.getenv();
        String own = env.getOrDefault("POSTERN_STATE", "");
        if (!own.isEmpty()) {
            return Path.of(own);
        }
        String xdg = env.getOrDefault("XDG_STATE_HOME", "");
        Path base = xdg.isEmpty() ? home().resolve(".local/state") : Path.of(xdg);
        return base.resolve("postern");
    }

    /** {@code $HOME}, which is where ssh's users expect their files; Java's user.home looks in the password file. */
    static Path home() {
        String home = System.getenv().getOrDefault("HOME", "");
        if (home.isEmpty()) {
            throw new CliFailure(
                    Exit.USAGE, "HOME is not set, expected the directory that holds .ssh");
        }
        return Path.of(home);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import java.nio.file.Path;
import java.util.Optional;

/** Where Postern is installed; the launcher says so. */
final class Home {
    private Home() {}

    static Optional<Path> directory() {
        return Optional.ofNullable(System.getProperty("postern.home")).map(Path::of);
    }
}

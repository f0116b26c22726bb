// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The guest agent for containers, built from its sources. */
final class AgentBinaries {
    private static final Path DIRECTORY = Path.of("target", "agent").toAbsolutePath();

    private AgentBinaries() {}

    /** The folder that holds them. */
    static Path directory() {
        try {
            Process build =
                    new ProcessBuilder(
                                    "../../guest-agent/build.sh",
                                    "build",
                                    DIRECTORY.toString(),
                                    "test")
                            .inheritIO()
                            .start();
            if (!build.waitFor(5, TimeUnit.MINUTES) || build.exitValue() != 0) {
                throw new IllegalStateException("the guest agent could not be built");
            }
            return DIRECTORY;
        } catch (IOException e) {
            throw new IllegalStateException("the guest agent could not be built", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

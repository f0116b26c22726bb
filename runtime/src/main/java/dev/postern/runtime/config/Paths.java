// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import dev.postern.api.config.ConfigReader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Makes paths absolute: what the gateway reads is relative to the configuration file's directory, what it writes to the
 * state directory.
 */
record Paths(Path baseDirectory, Path stateDirectory) {
    Path input(ConfigReader reader, String key, String text) {
        return resolve(baseDirectory, reader, key, text);
    }

    Path state(ConfigReader reader, String key, String text) {
        return resolve(stateDirectory, reader, key, text);
    }

    static Path resolve(Path base, ConfigReader reader, String key, String text) {
        try {
            if (!text.isBlank()) {
                return base.resolve(text).normalize();
            }
        } catch (InvalidPathException e) {
            reader.problem(key, "is '" + text + "', expected a path: " + e.getReason());
            return base;
        }
        reader.problem(key, "is empty, expected a path");
        return base;
    }
}

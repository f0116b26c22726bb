// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.config;

import java.util.Optional;

/**
 * A mistake in a configuration.
 *
 * @param path dotted path of the key
 * @param message one sentence: the value in quotes, what was expected
 * @param origin file and line, where known
 */
public record ConfigProblem(String path, String message, Optional<String> origin) {
    @Override
    public String toString() {
        return origin.map(o -> o + ": ").orElse("") + path + ": " + message;
    }
}

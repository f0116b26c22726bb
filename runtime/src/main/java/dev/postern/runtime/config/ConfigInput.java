// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import dev.postern.api.config.ConfigProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a user has written, parsed and not resolved yet.
 *
 * @param config the file, with whatever it includes
 * @param baseDirectory what relative paths of the file are relative to
 */
public record ConfigInput(Config config, Path baseDirectory) {
    /**
     * Parses a file.
     *
     * @throws InvalidConfigException if it cannot be read or is not HOCON
     */
    public static ConfigInput file(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        if (!Files.isRegularFile(absolute) || !Files.isReadable(absolute)) {
            throw new InvalidConfigException(
                    List.of(
                            new ConfigProblem(
                                    file.toString(),
                                    (Files.exists(absolute) ? "cannot be read" : "does not exist")
                                            + ", expected a configuration file",
                                    Optional.empty())));
        }
        Path parent = absolute.getParent();
        try {
            return new ConfigInput(
                    ConfigFactory.parseFile(
                            absolute.toFile(),
                            ConfigParseOptions.defaults().setAllowMissing(false)),
                    parent == null ? absolute : parent);
        } catch (ConfigException e) {
            throw broken(e);
        }
    }

    /**
     * Parses a text.
     *
     * @throws InvalidConfigException if it is not HOCON
     */
    public static ConfigInput text(String text, Path baseDirectory) {
        try {
            return new ConfigInput(ConfigFactory.parseString(text), baseDirectory.toAbsolutePath());
        } catch (ConfigException e) {
            throw broken(e);
        }
    }

    /** A copy in which some paths have other values, such as those of command line options. */
    public ConfigInput with(Map<String, ?> overrides) {
        return new ConfigInput(
                ConfigFactory.parseMap(overrides, "command line").withFallback(config),
                baseDirectory);
    }

    /** What the library says about a file that is not HOCON or refers to nothing, as one problem. */
    static InvalidConfigException broken(ConfigException e) {
        Optional<String> origin =
                Optional.ofNullable(e.origin())
                        .filter(it -> it.filename() != null)
                        .map(it -> it.filename() + ":" + it.lineNumber());
        String message = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
        String prefix = e.origin() == null ? "" : e.origin().description() + ": ";
        return new InvalidConfigException(
                List.of(
                        new ConfigProblem(
                                "syntax",
                                "cannot be read: "
                                        + (message.startsWith(prefix)
                                                ? message.substring(prefix.length())
                                                : message),
                                origin)));
    }
}

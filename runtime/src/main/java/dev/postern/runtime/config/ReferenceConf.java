// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * Reads the {@code reference.conf} that lies in the same jar or directory as a class. By class path there may be several,
 * and each must stay what its own module says.
 */
public final class ReferenceConf {
    private static final String NAME = "reference.conf";

    private ReferenceConf() {}

    /** The gateway's own. */
    public static Config ofGateway() {
        return beside(ReferenceConf.class, NAME)
                .orElseThrow(() ->
                        new IllegalStateException(
                                "The gateway's reference.conf is missing from its jar"));
    }

    /**
     * The one beside a class, not resolved yet.
     *
     * @param type a class of the module
     * @param description what messages call the file
     */
    public static Optional<Config> beside(Class<?> type, String description) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return Optional.empty();
        }
        try {
            Path location = Path.of(source.getLocation().toURI());
            return Files.isDirectory(location)
                    ? fromDirectory(location, description)
                    : fromJar(location, description);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(
                    "Class path entry '" + source.getLocation() + "' is not a file", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Config> fromDirectory(Path directory, String description)
            throws IOException {
        Path file = directory.resolve(NAME);
        return Files.exists(file)
                ? Optional.of(parse(Files.readString(file), description))
                : Optional.empty();
    }

    /** The one at the root of a jar. */
    public static Optional<Config> fromJar(Path jar, String description) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            ZipEntry entry = file.getEntry(NAME);
            if (entry == null) {
                return Optional.empty();
            }
            return Optional.of(
                    parse(
                            new String(
                                    file.getInputStream(entry).readAllBytes(),
                                    StandardCharsets.UTF_8),
                            description));
        }
    }

    private static Config parse(String text, String description) {
        return ConfigFactory.parseString(
                text, ConfigParseOptions.defaults().setOriginDescription(description));
    }
}

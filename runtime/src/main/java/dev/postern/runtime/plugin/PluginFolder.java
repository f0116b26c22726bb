// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A plugin's folder, looked through before any of its classes is loaded.
 *
 * @param directory the folder, whose name is the plugin's
 * @param jars its jars, sorted by name
 * @param descriptor what the plugin says of itself
 * @param main the jar that holds the descriptor
 */
record PluginFolder(Path directory, List<Path> jars, PluginDescriptor descriptor, Path main) {
    PluginFolder {
        jars = List.copyOf(jars);
    }

    /**
     * Looks through a folder.
     *
     * @throws PluginLoadException if it does not hold exactly one plugin that fits this gateway, or bundles what the
     *     gateway provides
     */
    static PluginFolder inspect(Path directory) {
        try {
            List<Path> jars = jars(directory);
            Path main = null;
            PluginDescriptor descriptor = null;
            for (Path jar : jars) {
                PluginDescriptor found = inspectJar(jar);
                if (found != null && main != null) {
                    throw new PluginLoadException(
                            "Plugin folder '"
                                    + directory
                                    + "' holds two plugins, '"
                                    + main.getFileName()
                                    + "' and '"
                                    + jar.getFileName()
                                    + "', expected one");
                }
                if (found != null) {
                    main = jar;
                    descriptor = found;
                }
            }
            if (main == null || descriptor == null) {
                throw new PluginLoadException(
                        "Plugin folder '"
                                + directory
                                + "' has no jar with a "
                                + PluginDescriptor.PATH
                                + ", expected exactly one");
            }
            fits(directory, main, descriptor);
            return new PluginFolder(directory, jars, descriptor, main);
        } catch (IOException e) {
            throw new PluginLoadException(
                    "Plugin folder '" + directory + "' cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<Path> jars(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(it -> it.getFileName().toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    private static @Nullable PluginDescriptor inspectJar(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            if (file.stream().anyMatch(it -> it.getName().startsWith("dev/postern/api/"))) {
                throw new PluginLoadException(
                        "Plugin jar '"
                                + jar
                                + "' bundles Postern's API (dev/postern/api/), expected it to be provided by the gateway");
            }
            if (file.getEntry("META-INF/services/java.sql.Driver") != null) {
                throw new PluginLoadException(
                        "Plugin jar '"
                                + jar
                                + "' bundles a JDBC driver, expected the plugin to use the gateway's databases");
            }
            ZipEntry entry = file.getEntry(PluginDescriptor.PATH);
            if (entry == null) {
                return null;
            }
            try (InputStream stream = file.getInputStream(entry)) {
                return PluginDescriptor.read(stream, PluginDescriptor.PATH + " of '" + jar + "'");
            }
        } catch (ZipException e) {
            throw new PluginLoadException(
                    "Plugin jar '" + jar + "' is not a jar: " + e.getMessage(), e);
        }
    }

    private static void fits(Path directory, Path main, PluginDescriptor descriptor) {
        if (!descriptor.name().equals(directory.getFileName().toString())) {
            throw new PluginLoadException(
                    "Plugin jar '"
                            + main
                            + "' says that it is '"
                            + descriptor.name()
                            + "', expected the name of its folder, '"
                            + directory.getFileName()
                            + "'");
        }
        if (!descriptor.api().contains(ApiVersion.CURRENT)) {
            throw new PluginLoadException(
                    "Plugin jar '"
                            + main
                            + "' works with API versions "
                            + descriptor.api()
                            + ", this gateway has "
                            + ApiVersion.CURRENT);
        }
        if (descriptor.java() > Runtime.version().feature()) {
            throw new PluginLoadException(
                    "Plugin jar '"
                            + main
                            + "' needs Java "
                            + descriptor.java()
                            + ", this is Java "
                            + Runtime.version().feature());
        }
    }
}

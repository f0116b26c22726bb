// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What {@code META-INF/postern/plugin.properties} says.
 *
 * @param name the plugin's name, which is its folder's
 * @param version its own version, for people
 * @param api versions of the SPI that it works with
 * @param java least feature release of Java that it needs
 */
record PluginDescriptor(String name, String version, ApiVersion.Range api, int java) {
    static final String PATH = "META-INF/postern/plugin.properties";

    private static final Set<String> KEYS = Set.of("name", "version", "api", "java");
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    /**
     * Reads it strictly.
     *
     * @param where what messages call the file
     * @throws PluginLoadException if a key is missing, unknown or wrong
     */
    static PluginDescriptor read(InputStream stream, String where) throws IOException {
        Properties properties = new Properties();
        try {
            properties.load(new InputStreamReader(stream, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new PluginLoadException(
                    where + " is not a properties file: " + e.getMessage(), e);
        }
        Set<String> unknown = new TreeSet<>(properties.stringPropertyNames());
        unknown.removeAll(KEYS);
        if (!unknown.isEmpty()) {
            throw new PluginLoadException(
                    where
                            + " has the unknown key '"
                            + String.join("', '", unknown)
                            + "', expected only "
                            + String.join(", ", new TreeSet<>(KEYS)));
        }
        String name = required(properties, "name", where);
        if (!NAME.matcher(name).matches()) {
            throw new PluginLoadException(
                    where + " has the name '" + name + "', expected 1 to 63 of a-z, 0-9 and -");
        }
        try {
            return new PluginDescriptor(
                    name,
                    required(properties, "version", where),
                    ApiVersion.Range.parse(required(properties, "api", where)),
                    Integer.parseInt(required(properties, "java", where)));
        } catch (NumberFormatException e) {
            throw new PluginLoadException(
                    where
                            + " has java='"
                            + properties.getProperty("java")
                            + "', expected a feature release such as 25",
                    e);
        } catch (IllegalArgumentException e) {
            throw new PluginLoadException(where + " has a wrong api: " + e.getMessage(), e);
        }
    }

    private static String required(Properties properties, String key, String where) {
        String value = properties.getProperty(key, "").strip();
        if (value.isEmpty()) {
            throw new PluginLoadException(where + " does not say its '" + key + "'");
        }
        return value;
    }
}

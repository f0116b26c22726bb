// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.postern.api.config.ConfigReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** Reads the sections of one kind that a user names, each over the defaults of its kind. */
final class NamedSections {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private final Config postern;
    private final ConfigReader top;
    private final Problems problems;

    NamedSections(Config postern, ConfigReader top, Problems problems) {
        this.postern = postern;
        this.top = top;
        this.problems = problems;
    }

    <T> Map<String, T> read(
            String kind, String defaultsKey, BiFunction<String, ConfigReader, T> read) {
        Config defaults = defaults(defaultsKey);
        Map<String, T> named = new LinkedHashMap<>();
        objects(kind)
                .forEach((name, section) -> {
                    ConfigReader reader =
                            ConfigReader.of(
                                    section.withFallback(defaults), "postern." + kind + "." + name);
                    named.put(name, read.apply(name, reader));
                    reader.finish();
                    problems.addAll(reader);
                });
        return named;
    }

    /** The sections under a key by name, sorted; what is not a section or not a name becomes a problem. */
    Map<String, Config> objects(String kind) {
        top.ignore(kind);
        ConfigValue value = postern.root().get(kind);
        if (!(value instanceof ConfigObject parent)) {
            top.problem(kind, "is not a section, expected '" + kind + " { NAME { ... } }'");
            return Map.of();
        }
        ConfigReader reader = ConfigReader.of(parent.toConfig(), "postern." + kind);
        Map<String, Config> objects = new TreeMap<>();
        parent.forEach((name, section) -> {
            if (!NAME.matcher(name).matches()) {
                reader.problem(
                        name,
                        "is named '"
                                + name
                                + "', expected 1 to 63 of a-z, 0-9 and -, not beginning with -");
            } else if (section instanceof ConfigObject object) {
                objects.put(name, object.toConfig());
            } else {
                reader.problem(name, "is not a section, expected '" + name + " { ... }'");
            }
        });
        problems.addAll(reader);
        return objects;
    }

    private Config defaults(String key) {
        top.ignore(key);
        if (postern.root().get(key) instanceof ConfigObject object) {
            return object.toConfig();
        }
        top.problem(key, "is not a section, expected '" + key + " { ... }'");
        return ConfigFactory.empty();
    }
}

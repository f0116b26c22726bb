// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import dev.postern.api.config.ConfigProblem;
import dev.postern.api.config.ConfigReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Collects the problems of all readers; one without an origin gets that of the nearest section the user has written. */
final class Problems {
    private final Config user;
    private final List<Placed> found = new ArrayList<>();

    Problems(Config user) {
        this.user = user;
    }

    void addAll(ConfigReader reader) {
        reader.problems().forEach(this::add);
    }

    void add(ConfigProblem problem) {
        Optional<ConfigOrigin> place = nearest(problem.path());
        found.add(
                new Placed(
                        place.flatMap(it -> Optional.ofNullable(it.filename())).orElse("~"),
                        place.map(ConfigOrigin::lineNumber).orElse(Integer.MAX_VALUE),
                        problem.origin().filter(it -> !it.startsWith("merge of")).isPresent()
                                ? problem
                                : new ConfigProblem(
                                        problem.path(),
                                        problem.message(),
                                        place.map(Problems::describe))));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    List<ConfigProblem> sorted() {
        return found.stream()
                .sorted(Comparator.comparing(Placed::file).thenComparingInt(Placed::line))
                .map(Placed::problem)
                .distinct()
                .toList();
    }

    private Optional<ConfigOrigin> nearest(String path) {
        ConfigValue value = user.root();
        Optional<ConfigOrigin> origin = Optional.empty();
        for (String part : path.split("\\.")) {
            ConfigValue next = null;
            try {
                next = value instanceof ConfigObject object ? object.get(part) : null;
            } catch (ConfigException.NotResolved e) {
                // What stands behind a substitution is not known here; its section's place will do.
                next = null;
            }
            if (next == null) {
                break;
            }
            value = next;
            if (value.origin().lineNumber() > 0) {
                origin = Optional.of(value.origin());
            }
        }
        return origin;
    }

    private static String describe(ConfigOrigin origin) {
        return origin.filename() == null
                ? origin.description()
                : origin.filename() + ":" + origin.lineNumber();
    }

    private record Placed(String file, int line, ConfigProblem problem) {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import dev.postern.api.config.ConfigProblem;
import dev.postern.api.config.ConfigReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads a whole configuration, and finds every problem in it. */
public final class SettingsReader {
    /** Beside {@code postern} a file may hold {@code vars}, whatever is in it, for substitutions. */
    private static final Set<String> ROOT_KEYS = Set.of("postern", "vars");

    private final EffectiveConfig effective;
    private final Map<String, ComponentType> types;
    private final Config postern;
    private final Problems problems;

    private SettingsReader(EffectiveConfig effective, Map<String, ComponentType> types) {
        this.effective = effective;
        this.types = types;
        this.postern = effective.postern();
        this.problems = new Problems(effective.input().config());
    }

    /**
     * Reads it.
     *
     * @param types the component types that plugins offer, by name
     * @throws InvalidConfigException with every problem
     */
    public static GatewaySettings read(
            EffectiveConfig effective, Map<String, ComponentType> types) {
        return new SettingsReader(effective, types).read();
    }

    private GatewaySettings read() {
        rootKeys();
        ConfigReader top = ConfigReader.of(postern, "postern");
        NamedSections named = new NamedSections(postern, top, problems);
        Path base = effective.input().baseDirectory();
        Path state = Paths.resolve(base, top, "state-directory", top.string("state-directory"));
        Paths paths = new Paths(base, state);
        top.optionalString("plugins-directory")
                .ifPresent(it -> paths.input(top, "plugins-directory", it));
        ConfigReader ssh = top.section("ssh");
        ConfigReader limits = top.section("limits");
        GatewaySettings settings =
                new GatewaySettings(
                        top.optionalString("region"),
                        state,
                        top.duration(
                                "activity-interval", Duration.ofSeconds(1), Duration.ofHours(1)),
                        named.read(
                                "databases",
                                "database-defaults",
                                (name, it) -> SectionReaders.database(it)),
                        components(named),
                        named.read(
                                "listeners",
                                "listener-defaults",
                                (name, it) -> SectionReaders.listener(it)),
                        named.read(
                                "routes", "route-defaults", (name, it) -> SectionReaders.route(it)),
                        named.read(
                                "policies",
                                "policy-defaults",
                                (name, it) -> SectionReaders.policy(it)),
                        SectionReaders.ssh(ssh, limits.size("buffer-memory", 1L << 20, 64L << 30)),
                        SectionReaders.hostKeys(ssh, paths),
                        ssh.string(
                                        "algorithms",
                                        Pattern.compile("compatible|strict"),
                                        "compatible or strict")
                                .equals("strict"),
                        SectionReaders.limits(limits),
                        SectionReaders.admin(top.section("admin"), paths),
                        SectionReaders.audit(top.section("audit"), paths));
        componentDefaults(top);
        top.finish();
        problems.addAll(top);
        new References(settings, types, written(), problems).check();
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems.sorted());
        }
        return settings;
    }

    private void rootKeys() {
        ConfigReader root = ConfigReader.of(effective.input().config(), "");
        for (String key : effective.input().config().root().keySet()) {
            if (!ROOT_KEYS.contains(key)) {
                root.problem(
                        key,
                        "is not a known key at the top of the file"
                                + ConfigReader.nearest(key, ROOT_KEYS)
                                        .map(it -> ", did you mean '" + it + "'?")
                                        .orElse(", expected 'postern { ... }'"));
            }
        }
        if (!(effective.root().root().get("postern") instanceof ConfigObject)) {
            root.problem("postern", "is not a section, expected 'postern { ... }'");
        }
        problems.addAll(root);
    }

    private Map<String, ComponentSettings> components(NamedSections named) {
        Map<String, ComponentSettings> components = new LinkedHashMap<>();
        named.objects("components")
                .forEach((name, section) -> {
                    ConfigReader reader = ConfigReader.of(section, "postern.components." + name);
                    String typeName = reader.string("type");
                    ComponentType type = types.get(typeName);
                    if (type != null) {
                        components.put(name, component(name, type, section));
                    } else if (!typeName.isEmpty()) {
                        reader.problem(
                                "type",
                                "is '"
                                        + typeName
                                        + "', which no plugin offers"
                                        + ConfigReader.nearest(typeName, types.keySet())
                                                .map(it -> ", did you mean '" + it + "'?")
                                                .orElse(
                                                        types.isEmpty()
                                                                ? ": there are no plugins"
                                                                : ", expected one of "
                                                                        + String.join(
                                                                                ", ",
                                                                                new TreeSet<>(
                                                                                        types
                                                                                                .keySet()))));
                    }
                    problems.addAll(reader);
                });
        return components;
    }

    private ComponentSettings component(String name, ComponentType type, Config section) {
        ComponentSettings settings =
                new ComponentSettings(
                        name, type.name(), section.withFallback(defaultsOf(type.name())));
        ConfigReader reader = settings.reader();
        int before = reader.problems().size();
        type.check().accept(reader);
        // A plugin that adds its unread keys itself must not have them twice.
        reader.finish();
        reader.problems().stream().skip(before).distinct().forEach(problems::add);
        return settings;
    }

    private Config defaultsOf(String type) {
        return postern.root().get("component-defaults") instanceof ConfigObject all
                        && all.get(type) instanceof ConfigObject defaults
                ? defaults.toConfig()
                : ConfigFactory.empty();
    }

    private void componentDefaults(ConfigReader top) {
        top.ignore("component-defaults");
        if (!(postern.root().get("component-defaults") instanceof ConfigObject all)) {
            top.problem(
                    "component-defaults",
                    "is not a section, expected 'component-defaults { TYPE { ... } }'");
            return;
        }
        for (String type : all.keySet()) {
            if (!types.containsKey(type)) {
                problems.add(
                        new ConfigProblem(
                                "postern.component-defaults." + type,
                                "is of a type that no plugin offers"
                                        + ConfigReader.nearest(type, types.keySet())
                                                .map(it -> ", did you mean '" + it + "'?")
                                                .orElse(""),
                                Optional.empty()));
            }
        }
    }

    private Map<String, Set<String>> written() {
        Map<String, Set<String>> written = new HashMap<>();
        for (String kind : References.kinds()) {
            written.put(
                    kind,
                    postern.root().get(kind) instanceof ConfigObject object
                            ? Set.copyOf(object.keySet())
                            : Set.of());
        }
        return written;
    }
}

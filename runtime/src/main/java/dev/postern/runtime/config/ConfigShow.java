// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Shows every effective setting with the place that it comes from; secrets are hidden. */
public final class ConfigShow {
    /** Kinds of named sections, and where their defaults stand. */
    private static final Map<String, String> DEFAULTS =
            Map.of(
                    "databases", "database-defaults",
                    "listeners", "listener-defaults",
                    "routes", "route-defaults",
                    "policies", "policy-defaults");

    private static final Pattern SECRET =
            Pattern.compile(
                    "(.*[-_.])?(password|passphrase|secret|token|credential|api-key|private-key)");
    private static final Pattern SECRET_IN_URL =
            Pattern.compile(
                    "(?<=[?&;](?:password|token|secret)=)[^&;]*|(?<=//)[^/@\\s:]+:[^/@\\s]*(?=@)");
    private static final String HIDDEN = "(hidden)";

    private final List<Setting> settings = new ArrayList<>();

    private ConfigShow() {}

    /**
     * One setting.
     *
     * @param path dotted
     * @param value as HOCON, hidden if it is a secret
     * @param origin file and line
     */
    public record Setting(String path, String value, String origin) {
        @Override
        public String toString() {
            return path + " = " + value + "  # " + origin;
        }
    }

    /** All settings, sorted by path; named sections with the defaults that hold for them, and not the defaults alone. */
    public static List<Setting> settings(EffectiveConfig effective) {
        ConfigShow show = new ConfigShow();
        ConfigObject postern = effective.postern().root();
        for (String key : new TreeMap<>(postern).keySet()) {
            ConfigValue value = value(postern, key);
            if (key.equals("component-defaults") || DEFAULTS.containsValue(key)) {
                continue;
            }
            if (key.equals("components") && value instanceof ConfigObject components) {
                show.named(key, components, postern.get("component-defaults"), true);
            } else if (DEFAULTS.containsKey(key) && value instanceof ConfigObject named) {
                show.named(key, named, postern.get(DEFAULTS.get(key)), false);
            } else {
                show.add("postern." + ConfigUtil.quoteString(key), key, value);
            }
        }
        return List.copyOf(show.settings);
    }

    private static ConfigValue value(ConfigObject object, String key) {
        ConfigValue value = object.get(key);
        if (value == null) {
            throw new IllegalStateException("Key '" + key + "' has gone while it was looked at");
        }
        return value;
    }

    private void named(
            String kind, ConfigObject sections, @Nullable ConfigValue defaults, boolean byType) {
        for (String name : new TreeMap<>(sections).keySet()) {
            ConfigValue section = value(sections, name);
            ConfigValue under = byType ? ofType(section, defaults) : defaults;
            add(
                    "postern." + kind + "." + ConfigUtil.quoteString(name),
                    name,
                    under == null ? section : section.withFallback(under));
        }
    }

    private static @Nullable ConfigValue ofType(
            ConfigValue section, @Nullable ConfigValue defaults) {
        if (!(section instanceof ConfigObject component)
                || !(defaults instanceof ConfigObject all)) {
            return null;
        }
        ConfigValue type = component.get("type");
        return type == null ? null : all.get(String.valueOf(type.unwrapped()));
    }

    private void add(String path, String key, ConfigValue value) {
        if (value instanceof ConfigObject object && !object.isEmpty()) {
            for (String child : new TreeMap<>(object).keySet()) {
                add(path + "." + ConfigUtil.quoteString(child), child, value(object, child));
            }
            return;
        }
        settings.add(new Setting(unquoted(path), text(key, value), origin(value.origin())));
    }

    private static String text(String key, ConfigValue value) {
        Object plain = value.unwrapped();
        if (plain != null && SECRET.matcher(key.toLowerCase(Locale.ROOT)).matches()) {
            return HIDDEN;
        }
        String rendered = value.render(ConfigRenderOptions.concise());
        boolean texts = plain instanceof String || value instanceof ConfigList;
        return texts ? SECRET_IN_URL.matcher(rendered).replaceAll(HIDDEN) : rendered;
    }

    private static String origin(ConfigOrigin origin) {
        String file = origin.filename() == null ? origin.description() : origin.filename();
        return origin.filename() != null && origin.lineNumber() > 0
                ? file + ":" + origin.lineNumber()
                : file;
    }

    /** Quotes only where the name needs them: most names have a dash and no dot. */
    private static String unquoted(String path) {
        return path.replaceAll("\"([A-Za-z0-9_-]+)\"", "$1");
    }
}

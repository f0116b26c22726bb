// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Makes the reference of all settings out of the comments in {@code reference.conf}. */
public final class ConfigReference {
    private ConfigReference() {}

    /**
     * One key.
     *
     * @param path dotted
     * @param defaultValue as HOCON; empty for a section
     * @param comment what it does, one paragraph
     */
    public record Entry(String path, String defaultValue, String comment) {}

    /**
     * A module and its keys in the order of its file.
     *
     * @param title what it is
     * @param entries its keys
     */
    public record Chapter(String title, List<Entry> entries) {}

    /** The gateway's chapter. */
    public static Chapter gateway() {
        return chapter("Gateway", ReferenceConf.ofGateway());
    }

    /** The chapter of one reference.conf. */
    public static Chapter chapter(String title, Config reference) {
        List<Entry> entries = new ArrayList<>();
        if (reference.root().get("postern") instanceof ConfigObject postern) {
            collect("postern", postern, entries);
        }
        return new Chapter(title, entries);
    }

    /** The reference as Markdown. */
    public static String markdown(List<Chapter> chapters) {
        StringBuilder text =
                new StringBuilder(
                        """
                        # Configuration reference

                        Made from the comments in each module's `reference.conf` by `postern config reference`.
                        """);
        for (Chapter chapter : chapters) {
            text.append("\n## ").append(chapter.title()).append('\n');
            for (Entry entry : chapter.entries()) {
                text.append("\n### `").append(entry.path()).append("`\n\n");
                if (!entry.comment().isEmpty()) {
                    text.append(entry.comment()).append('\n');
                }
                if (!entry.defaultValue().isEmpty()) {
                    text.append(entry.comment().isEmpty() ? "" : "\n")
                            .append("Default: `")
                            .append(entry.defaultValue())
                            .append("`\n");
                }
            }
        }
        return text.toString();
    }

    private static void collect(String path, ConfigObject section, List<Entry> entries) {
        List<Map.Entry<String, ConfigValue>> inOrder = new ArrayList<>(section.entrySet());
        inOrder.sort(Comparator.comparingInt(it -> it.getValue().origin().lineNumber()));
        for (Map.Entry<String, ConfigValue> entry : inOrder) {
            String child = path + "." + entry.getKey();
            ConfigValue value = entry.getValue();
            boolean nested = value instanceof ConfigObject object && !object.isEmpty();
            entries.add(
                    new Entry(
                            child,
                            nested ? "" : value.render(ConfigRenderOptions.concise()),
                            comment(value)));
            if (value instanceof ConfigObject object) {
                collect(child, object, entries);
            }
        }
    }

    private static String comment(ConfigValue value) {
        StringBuilder text = new StringBuilder();
        for (String line : value.origin().comments()) {
            String plain = line.strip();
            if (!plain.isEmpty()) {
                text.append(text.isEmpty() ? "" : " ").append(plain);
            }
        }
        return text.toString();
    }
}

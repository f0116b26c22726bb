// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command answers: a table for a person, JSON for a script. */
final class Output {
    enum Format {
        TEXT,
        JSON
    }

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json",
            description = "How to answer (default: ${DEFAULT-VALUE}).")
    private Format format = Format.TEXT;

    boolean json() {
        return format == Format.JSON;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** One line for a person, or the tree as JSON. */
    void line(JsonNode tree, String text) {
        if (json()) {
            print(tree);
        } else {
            out().println(text);
        }
    }

    /** The named fields of an object, one a line, or the tree as JSON. */
    void fields(JsonNode tree, String... names) {
        if (json()) {
            print(tree);
            return;
        }
        int width = 0;
        for (String name : names) {
            width = Math.max(width, name.length());
        }
        for (String name : names) {
            String text = text(tree, name);
            if (!text.isEmpty()) {
                out().printf("%-" + (width + 2) + "s%s%n", name + ":", text);
            }
        }
    }

    /** A table with a line an item and a column a field ({@code a.b} for a nested one), or the tree as JSON. */
    void table(JsonNode tree, JsonNode items, String... columns) {
        if (json()) {
            print(tree);
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>();
        for (String column : columns) {
            head.add(column.toUpperCase(java.util.Locale.ROOT).replace('_', ' ').replace('.', ' '));
        }
        rows.add(head);
        for (JsonNode item : items) {
            List<String> row = new ArrayList<>();
            for (String column : columns) {
                String text = text(item, column);
                row.add(text.isEmpty() ? "-" : text);
            }
            rows.add(row);
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                int column = i;
                int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
                line.append(
                        i == row.size() - 1
                                ? row.get(i)
                                : String.format("%-" + (width + 2) + "s", row.get(i)));
            }
            out().println(line.toString().stripTrailing());
        }
    }

    private void print(JsonNode tree) {
        try {
            out().println(
                            new ObjectMapper()
                                    .writerWithDefaultPrettyPrinter()
                                    .writeValueAsString(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A JSON tree that cannot be written", e);
        }
    }

    /** A field's text with control characters made visible: what a peer wrote must not drive the terminal. */
    private static String text(JsonNode item, String path) {
        JsonNode node = item;
        for (String name : path.split("\\.")) {
            node = node.path(name);
        }
        String raw =
                node.isValueNode() && !node.isNull()
                        ? node.asText()
                        : node.isContainerNode() ? node.toString() : "";
        StringBuilder safe = new StringBuilder();
        raw.codePoints()
                .forEach(c -> {
                    int type = Character.getType(c);
                    if (type == Character.CONTROL || type == Character.FORMAT) {
                        safe.append(String.format("\\u%04x", c));
                    } else {
                        safe.appendCodePoint(c);
                    }
                });
        return safe.toString();
    }
}

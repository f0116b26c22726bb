// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles sources into jars and puts them together as a plugin folder. */
final class BuiltPlugin {
    private final Path plugins;
    private final String name;
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, String> library = new LinkedHashMap<>();
    private final Map<String, String> resources = new LinkedHashMap<>();

    BuiltPlugin(Path plugins, String name) {
        this.plugins = plugins;
        this.name = name;
        descriptor("name=" + name + "\nversion=1.0\napi=[0.1,1)\njava=25\n");
    }

    BuiltPlugin descriptor(String text) {
        return resource(PluginDescriptor.PATH, text);
    }

    BuiltPlugin source(String type, String text) {
        sources.put(type, text);
        return this;
    }

    /** A class of a library that the plugin brings in a second jar. */
    BuiltPlugin library(String type, String text) {
        library.put(type, text);
        return this;
    }

    BuiltPlugin resource(String path, String text) {
        resources.put(path, text);
        return this;
    }

    BuiltPlugin entry(String type) {
        return resource("META-INF/services/dev.postern.api.plugin.PosternPlugin", type + "\n");
    }

    Path build() throws IOException {
        Path folder = Files.createDirectories(plugins.resolve(name));
        Path work = Files.createTempDirectory(plugins.getParent(), "classes");
        Map<String, String> all = new LinkedHashMap<>(library);
        all.putAll(sources);
        compile(work, all);
        jar(folder.resolve(name + ".jar"), work, sources, resources);
        if (!library.isEmpty()) {
            jar(folder.resolve("library.jar"), work, library, Map.of());
        }
        return folder;
    }

    private static void compile(Path work, Map<String, String> sources) throws IOException {
        if (sources.isEmpty()) {
            return;
        }
        List<Path> files = new ArrayList<>();
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = work.resolve(source.getKey().replace('.', '/') + ".java");
            Files.createDirectories(file.getParent());
            files.add(Files.writeString(file, source.getValue()));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager manager =
                compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            boolean compiled =
                    compiler.getTask(
                                    messages,
                                    manager,
                                    null,
                                    List.of(
                                            "-proc:none",
                                            "-d",
                                            work.toString(),
                                            "-cp",
                                            System.getProperty("java.class.path")),
                                    null,
                                    manager.getJavaFileObjectsFromPaths(files))
                            .call();
            if (!compiled) {
                throw new AssertionError(messages);
            }
        }
    }

    private static void jar(
            Path jar, Path work, Map<String, String> types, Map<String, String> resources)
            throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> classes = Files.walk(work)) {
            for (Path file : classes.filter(it -> it.toString().endsWith(".class")).toList()) {
                String path = work.relativize(file).toString();
                String top = path.replace(".class", "").replaceAll("\\$.*", "").replace('/', '.');
                if (types.containsKey(top)) {
                    out.putNextEntry(new JarEntry(path));
                    out.write(Files.readAllBytes(file));
                    out.closeEntry();
                }
            }
            for (Map.Entry<String, String> resource : resources.entrySet()) {
                if (!resource.getValue().isEmpty()) {
                    out.putNextEntry(new JarEntry(resource.getKey()));
                    out.write(resource.getValue().getBytes(StandardCharsets.UTF_8));
                    out.closeEntry();
                }
            }
        }
    }

    /** A plugin with one component type whose only component tells what it sees through its health's message. */
    static BuiltPlugin telling(Path plugins, String name, String expression) {
        String type = "sample." + name + ".Entry";
        return new BuiltPlugin(plugins, name)
                .entry(type)
                .source(
                        type,
                        """
                        package sample.%1$s;
                        import dev.postern.api.config.ConfigReader;
                        import dev.postern.api.plugin.*;
                        import java.util.*;
                        public final class Entry implements PosternPlugin {
                            public List<ComponentFactory> components() {
                                return List.of(new ComponentFactory() {
                                    public String type() { return "%1$s"; }
                                    public Set<Facet> facets() { return Set.of(); }
                                    public void check(ConfigReader settings) { }
                                    public Component create(String name, ConfigReader settings, PluginContext context) {
                                        return new Component() {
                                            public Health health() { return Health.down(String.valueOf(%2$s)); }
                                        };
                                    }
                                });
                            }
                        }
                        """
                                .formatted(name, expression));
    }
}

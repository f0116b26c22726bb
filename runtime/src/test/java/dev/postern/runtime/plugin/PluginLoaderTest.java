// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.postern.api.plugin.Component;
import dev.postern.runtime.config.ComponentSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginLoaderTest {
    private final List<String> failures = new ArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path base;

    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @BeforeEach
    void folder() throws IOException {
        folder = Files.createDirectory(base.resolve("plugins"));
    }

    private Plugins load() {
        return new PluginLoader((plugin, method) -> failures.add(plugin + " " + method))
                .load(Optional.of(folder), List.of());
    }

    private static Component component(Plugins plugins, String type) {
        assertThat(plugins.offered()).containsKey(type);
        ComponentSettings settings = new ComponentSettings("c", type, ConfigFactory.empty());
        Components components =
                new Components(
                        Map.of("c", settings),
                        plugins.offered(),
                        (all, name) -> new ComponentContext(name, Services.NONE, all));
        return components.component("c");
    }

    private static String says(Plugins plugins, String type) {
        return component(plugins, type).health().message();
    }

    @Test
    void twoPluginsWithDifferentVersionsOfOneLibraryBothLoad() throws IOException {
        for (String version : List.of("one", "two")) {
            BuiltPlugin.telling(folder, version, "shared.Library.VERSION")
                    .library(
                            "shared.Library",
                            "package shared; public class Library { public static String VERSION = \""
                                    + version
                                    + "\".strip(); }")
                    .build();
        }
        try (Plugins plugins = load()) {
            assertThat(says(plugins, "one")).isEqualTo("one");
            assertThat(says(plugins, "two")).isEqualTo("two");
            assertThat(plugins.list()).extracting(LoadedPlugin::name).containsExactly("one", "two");
        }
    }

    @Test
    void aPluginSeesTheHostPackagesAndNothingElseOfTheGateway() throws IOException {
        Map<String, String> questions =
                Map.of(
                        "api",
                                "Class.forName(\"dev.postern.api.plugin.Component\").getClassLoader() == own",
                        "gateway", "Class.forName(\"dev.postern.runtime.plugin.Plugins\")",
                        "guice", "Class.forName(\"com.google.inject.Guice\")",
                        "logging", "Class.forName(\"org.slf4j.Logger\").getSimpleName()",
                        "hostresource", "own.getResource(\"org/slf4j/Logger.class\") != null",
                        "hidden", "own.getResource(\"com/google/inject/Guice.class\") == null",
                        "hostresources",
                                "Collections.list(own.getResources(\"org/slf4j/Logger.class\")).size()",
                        "hiddenresources",
                                "Collections.list(own.getResources(\"com/google/inject/Guice.class\")).size()",
                        "context", "Thread.currentThread().getContextClassLoader() == own");
        for (Map.Entry<String, String> question : questions.entrySet()) {
            String name = question.getKey();
            BuiltPlugin.telling(folder, name, "Eye.see()")
                    .source(
                            "sample." + name + ".Eye",
                            """
                            package sample.%s;
                            import java.util.Collections;
                            class Eye {
                                static Object see() {
                                    ClassLoader own = Eye.class.getClassLoader();
                                    try { return %s; } catch (Exception e) { return e.getClass().getSimpleName(); }
                                }
                            }
                            """
                                    .formatted(name, question.getValue()))
                    .build();
        }
        try (Plugins plugins = load()) {
            assertThat(says(plugins, "api")).isEqualTo("false");
            assertThat(says(plugins, "gateway")).isEqualTo("ClassNotFoundException");
            assertThat(says(plugins, "guice")).isEqualTo("ClassNotFoundException");
            assertThat(says(plugins, "logging")).isEqualTo("Logger");
            assertThat(says(plugins, "hostresource")).isEqualTo("true");
            assertThat(says(plugins, "hidden")).isEqualTo("true");
            assertThat(says(plugins, "hostresources")).isEqualTo("1");
            assertThat(says(plugins, "hiddenresources")).isEqualTo("0");
            assertThat(says(plugins, "context")).isEqualTo("true");
        }
        assertThat(Thread.currentThread().getContextClassLoader())
                .isEqualTo(getClass().getClassLoader());
    }

    @Test
    void aClassOfAHostPackageInThePluginIsNotTaken() throws IOException {
        BuiltPlugin.telling(folder, "shadow", "org.slf4j.Shadow.class")
                .library("org.slf4j.Shadow", "package org.slf4j; public class Shadow {}")
                .build();
        try (Plugins plugins = load()) {
            assertThatThrownBy(() -> says(plugins, "shadow"))
                    .isInstanceOf(PluginException.class)
                    .hasMessageContaining(
                            "Plugin 'shadow' failed in Component.health: java.lang.NoClassDefFoundError");
        }
        assertThat(failures).containsExactly("shadow Component.health");
    }

    @Test
    void whatAPluginThrowsAgainstTheRulesIsWrappedAndCounted() throws IOException {
        BuiltPlugin.telling(folder, "broken", "List.of().getFirst()").build();
        try (Plugins plugins = load()) {
            Component component = component(plugins, "broken");
            assertThatThrownBy(component::health)
                    .isInstanceOfSatisfying(
                            PluginException.class,
                            e -> {
                                assertThat(e.plugin()).isEqualTo("broken");
                                assertThat(e.method()).isEqualTo("Component.health");
                                assertThat(e)
                                        .hasCauseInstanceOf(java.util.NoSuchElementException.class);
                            });
            assertThat(failures).containsExactly("broken Component.health");
        }
    }

    @Test
    void aPluginOutOfRangeIsRefused() throws IOException {
        refused(
                it -> it.descriptor("name=sample\nversion=1\napi=[2,3)\njava=25\n"),
                "sample.jar' works with API versions [2.0,3.0), this gateway has 0.1");
        refused(
                it -> it.descriptor("name=sample\nversion=1\napi=[0.1,1)\njava=99\n"),
                "sample.jar' needs Java 99, this is Java");
    }

    @Test
    void aDescriptorThatIsNotStrictlyRightIsRefused() throws IOException {
        refused(it -> it.descriptor(""), "has no jar with a META-INF/postern/plugin.properties");
        refused(
                it -> it.descriptor("name=other\nversion=1\napi=[0.1,1)\njava=25\n"),
                "says that it is 'other', expected the name of its folder, 'sample'");
        refused(
                it -> it.descriptor("name=sample\nversion=1\napi=[0.1,1)\njava=25\nclass=x\n"),
                "has the unknown key 'class', expected only api, java, name, version");
        refused(
                it -> it.descriptor("name=sample\napi=[0.1,1)\njava=25\n"),
                "does not say its 'version'");
        refused(
                it -> it.descriptor("name=sample\nversion=1\napi=1\njava=25\n"),
                "'1' is not a range");
        refused(
                it -> it.descriptor("name=sample\nversion=1\napi=[0.1,1)\njava=x\n"),
                "has java='x'");
    }

    @Test
    void whatTheGatewayProvidesMayNotBeBundled() throws IOException {
        refused(
                it -> it.resource("dev/postern/api/plugin/Component.class", "x"),
                "sample.jar' bundles Postern's API (dev/postern/api/)");
        refused(
                it -> it.resource("META-INF/services/java.sql.Driver", "x"),
                "sample.jar' bundles a JDBC driver");
    }

    @Test
    void aPluginHasExactlyOneEntry() throws IOException {
        refused(
                it -> it.resource("META-INF/services/dev.postern.api.plugin.PosternPlugin", ""),
                "has 0 entries");
        refused(it -> it.entry("sample.Missing"), "has an entry that cannot be made");
    }

    @Test
    void defaultsOfOthersMayNotBeSet() throws IOException {
        refused(
                it -> it.resource("reference.conf", "postern.component-defaults.docker.host = x"),
                "The reference.conf of plugin 'sample' sets more than postern.component-defaults.sample");
        refused(it -> it.resource("reference.conf", "postern.region = x"), "sets more than");
    }

    @Test
    void aTypeThatTwoOfferIsRefused() throws IOException {
        BuiltPlugin.telling(folder, "one", "1").build();
        BuiltPlugin.telling(folder, "two", "2")
                .source(
                        "sample.two.Entry",
                        """
                        package sample.two;
                        import dev.postern.api.plugin.*;
                        import dev.postern.api.config.ConfigReader;
                        import java.util.*;
                        public final class Entry implements PosternPlugin {
                            public List<ComponentFactory> components() {
                                return List.of(new ComponentFactory() {
                                    public String type() { return "one"; }
                                    public Set<Facet> facets() { return Set.of(); }
                                    public void check(ConfigReader settings) { }
                                    public Component create(String name, ConfigReader settings, PluginContext context) {
                                        return new Component() { };
                                    }
                                });
                            }
                        }
                        """)
                .build();
        assertThatThrownBy(this::load)
                .hasMessage(
                        "Component type 'one' is offered by plugin 'one' and by plugin 'two', expected one");
    }

    private void refused(Consumer<BuiltPlugin> change, String message) throws IOException {
        BuiltPlugin plugin = BuiltPlugin.telling(folder, "sample", "1");
        change.accept(plugin);
        plugin.build();
        assertThatThrownBy(this::load)
                .isInstanceOf(PluginLoadException.class)
                .hasMessageContaining(message);
    }
}

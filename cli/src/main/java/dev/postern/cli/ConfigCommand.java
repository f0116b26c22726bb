// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.runtime.config.ConfigInput;
import dev.postern.runtime.config.ConfigReference;
import dev.postern.runtime.config.ConfigReference.Chapter;
import dev.postern.runtime.config.ConfigShow;
import dev.postern.runtime.config.EffectiveConfig;
import dev.postern.runtime.config.InvalidConfigException;
import dev.postern.runtime.config.SettingsReader;
import dev.postern.runtime.plugin.LoadedPlugin;
import dev.postern.runtime.plugin.PluginLoader;
import dev.postern.runtime.plugin.Plugins;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Configurations, without starting a gateway. */
@Command(
        name = "config",
        description = "Configurations, without starting a gateway.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ConfigCommand.Check.class,
            ConfigCommand.Show.class,
            ConfigCommand.Reference.class
        })
final class ConfigCommand extends Group {
    private static Plugins plugins(Optional<Path> directory) {
        // Nothing of a plugin is called but its checks, and what these throw is told at once.
        return new PluginLoader((plugin, method) -> {}).load(directory, List.of());
    }

    /** Checks one. */
    @Command(
            name = "check",
            description = "Checks a configuration and reports every problem at once.",
            mixinStandardHelpOptions = true)
    static final class Check implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Option(
                names = {"-c", "--config"},
                required = true,
                paramLabel = "FILE",
                description = "The configuration.")
        @SuppressWarnings("NullAway.Init")
        private Path file;

        @Override
        public Integer call() {
            ConfigInput input = ConfigInput.file(file);
            try (Plugins plugins =
                    plugins(EffectiveConfig.pluginsDirectory(input, Home.directory()))) {
                SettingsReader.read(EffectiveConfig.of(input, plugins.defaults()), plugins.types());
                spec.commandLine().getOut().println("'" + file + "' is good");
                return Exit.OK;
            } catch (InvalidConfigException e) {
                PrintWriter err = spec.commandLine().getErr();
                int count = e.problems().size();
                err.println(
                        "postern: '"
                                + file
                                + "' has "
                                + (count == 1 ? "1 problem" : count + " problems"));
                e.problems().forEach(p -> err.println("  " + p));
                return Exit.USAGE;
            }
        }
    }

    /** Shows one with all defaults. */
    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description =
                    "Shows every effective setting and where it comes from; secrets are hidden.")
    static final class Show implements Callable<Integer> {
        @Mixin private final Output output = new Output();

        @Option(
                names = {"-c", "--config"},
                required = true,
                paramLabel = "FILE",
                description = "The configuration.")
        @SuppressWarnings("NullAway.Init")
        private Path file;

        @Override
        public Integer call() {
            ConfigInput input = ConfigInput.file(file);
            try (Plugins plugins =
                    plugins(EffectiveConfig.pluginsDirectory(input, Home.directory()))) {
                List<ConfigShow.Setting> settings =
                        ConfigShow.settings(EffectiveConfig.of(input, plugins.defaults()));
                if (output.json()) {
                    ObjectNode tree = new ObjectMapper().createObjectNode();
                    ArrayNode all = tree.putArray("settings");
                    settings.forEach(s ->
                            all.addObject()
                                    .put("path", s.path())
                                    .put("value", s.value())
                                    .put("origin", s.origin()));
                    output.line(tree, "");
                } else {
                    settings.forEach(s -> output.out().println(s));
                }
                return Exit.OK;
            }
        }
    }

    /** Every key there is. */
    @Command(
            name = "reference",
            description = "Prints every key of the gateway and the installed plugins as Markdown.",
            mixinStandardHelpOptions = true)
    static final class Reference implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() {
            try (Plugins plugins = plugins(Home.directory().map(h -> h.resolve("plugins")))) {
                List<Chapter> chapters = new ArrayList<>();
                chapters.add(ConfigReference.gateway());
                for (LoadedPlugin plugin : plugins.list()) {
                    plugin.defaults()
                            .map(defaults ->
                                    ConfigReference.chapter("Plugin " + plugin.name(), defaults))
                            .ifPresent(chapters::add);
                }
                spec.commandLine().getOut().print(ConfigReference.markdown(chapters));
                spec.commandLine().getOut().flush();
                return Exit.OK;
            }
        }
    }
}

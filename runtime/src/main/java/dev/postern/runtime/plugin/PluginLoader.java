// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.postern.api.plugin.PosternPlugin;
import dev.postern.runtime.config.ReferenceConf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads plugins out of their folders, each with a class loader of its own, or takes those that are on the class path. */
public final class PluginLoader {
    private static final Logger LOG = LoggerFactory.getLogger(PluginLoader.class);

    private final PluginFailures failures;

    /** A loader whose plugins' failures are counted. */
    public PluginLoader(PluginFailures failures) {
        this.failures = failures;
    }

    /**
     * Loads every plugin.
     *
     * @param directory holds one folder for each plugin
     * @param onClassPath further plugins, for tests and embedding
     * @throws PluginLoadException if one cannot be loaded; those before it are closed again
     */
    public Plugins load(Optional<Path> directory, List<PosternPlugin> onClassPath) {
        List<LoadedPlugin> loaded = new ArrayList<>();
        try {
            Map<String, String> sources = new HashMap<>();
            for (Path folder : directory.map(PluginLoader::folders).orElse(List.of())) {
                add(loaded, sources, load(PluginFolder.inspect(folder)));
            }
            for (PosternPlugin plugin : onClassPath) {
                add(loaded, sources, given(plugin));
            }
            return new Plugins(loaded);
        } catch (RuntimeException e) {
            Plugins.closeLoaders(loaded);
            throw e;
        }
    }

    private static void add(
            List<LoadedPlugin> loaded, Map<String, String> sources, LoadedPlugin plugin) {
        loaded.add(plugin);
        String other = sources.putIfAbsent(plugin.name(), plugin.source());
        if (other != null) {
            throw new PluginLoadException(
                    "Plugin '"
                            + plugin.name()
                            + "' is there twice, in '"
                            + other
                            + "' and in '"
                            + plugin.source()
                            + "', expected one");
        }
    }

    private static List<Path> folders(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new PluginLoadException("Plugins directory '" + directory + "' does not exist");
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(Files::isDirectory)
                    .filter(it -> !it.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new PluginLoadException(
                    "Plugins directory '" + directory + "' cannot be read: " + e.getMessage(), e);
        }
    }

    private LoadedPlugin load(PluginFolder folder) {
        String name = folder.descriptor().name();
        PluginClassLoader loader =
                new PluginClassLoader(name, folder.jars(), PluginLoader.class.getClassLoader());
        try {
            PosternPlugin entry = entry(folder, loader);
            LOG.atDebug()
                    .addKeyValue("plugin", name)
                    .addKeyValue("version", folder.descriptor().version())
                    .log("Plugin loaded");
            return new LoadedPlugin(
                    name,
                    folder.descriptor().version(),
                    folder.directory().toString(),
                    new PluginGuard(name, loader, failures).guard(PosternPlugin.class, entry),
                    defaults(folder),
                    Optional.of(loader));
        } catch (RuntimeException e) {
            try {
                loader.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    private static PosternPlugin entry(PluginFolder folder, ClassLoader loader) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            List<PosternPlugin> entries = new ArrayList<>();
            ServiceLoader.load(PosternPlugin.class, loader).forEach(entries::add);
            if (entries.size() != 1) {
                throw new PluginLoadException(
                        "Plugin folder '"
                                + folder.directory()
                                + "' has "
                                + entries.size()
                                + " entries in META-INF/services/"
                                + PosternPlugin.class.getName()
                                + ", expected one");
            }
            return entries.getFirst();
        } catch (ServiceConfigurationError | LinkageError e) {
            throw new PluginLoadException(
                    "Plugin folder '"
                            + folder.directory()
                            + "' has an entry that cannot be made: "
                            + e.getMessage(),
                    e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static Optional<Config> defaults(PluginFolder folder) {
        try {
            return ReferenceConf.fromJar(
                    folder.main(), "reference.conf of plugin " + folder.descriptor().name());
        } catch (IOException | ConfigException e) {
            throw new PluginLoadException(
                    "The reference.conf of '"
                            + folder.main()
                            + "' cannot be read: "
                            + e.getMessage(),
                    e);
        }
    }

    private LoadedPlugin given(PosternPlugin plugin) {
        Class<?> type = plugin.getClass();
        String name = type.getSimpleName().isEmpty() ? type.getName() : type.getSimpleName();
        return new LoadedPlugin(
                name,
                ApiVersion.CURRENT.toString(),
                "class " + type.getName(),
                new PluginGuard(name, type.getClassLoader(), failures)
                        .guard(PosternPlugin.class, plugin),
                ReferenceConf.beside(type, "reference.conf of plugin " + name),
                Optional.empty());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The class loader of one plugin: its own jars over the Java platform, and from the gateway nothing but the host
 * packages. So two plugins may bring two versions of one library.
 */
final class PluginClassLoader extends URLClassLoader {
    /** Packages, and those below them, that always come from the gateway. */
    static final List<String> HOST_PACKAGES =
            List.of(
                    "dev.postern.api.",
                    "com.typesafe.config.",
                    "org.slf4j.",
                    "io.micrometer.",
                    "org.jspecify.");

    private static final List<String> HOST_FOLDERS =
            HOST_PACKAGES.stream().map(it -> it.replace('.', '/')).toList();

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader host;

    PluginClassLoader(String plugin, List<Path> jars, ClassLoader host) {
        super("plugin-" + plugin, urls(jars), ClassLoader.getPlatformClassLoader());
        this.host = host;
    }

    private static URL[] urls(List<Path> jars) {
        return jars.stream()
                .map(jar -> {
                    try {
                        return jar.toUri().toURL();
                    } catch (MalformedURLException e) {
                        throw new IllegalStateException("A file is not a URL: " + jar, e);
                    }
                })
                .toArray(URL[]::new);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return HOST_PACKAGES.stream().anyMatch(name::startsWith)
                ? host.loadClass(name)
                : super.loadClass(name, resolve);
    }

    @Override
    public @Nullable URL getResource(String name) {
        return isHost(name) ? host.getResource(name) : super.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return isHost(name) ? host.getResources(name) : super.getResources(name);
    }

    private static boolean isHost(String resource) {
        return HOST_FOLDERS.stream().anyMatch(resource::startsWith);
    }

    @Override
    public String toString() {
        return "PluginClassLoader[" + getName() + "]";
    }
}

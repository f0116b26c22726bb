// SPDX-License-Identifier: Apache-2.0
package dev.postern.distribution;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The folder that users unpack holds what the modules made. */
class DistributionIT {

    private static final Path HOME = Path.of(requireNonNull(System.getProperty("postern.home")));
    private static final Path SOURCE =
            Path.of(requireNonNull(System.getProperty("postern.source")));

    @Test
    void everyPluginOfTheTreeIsThere() throws IOException {
        List<String> modules =
                list(SOURCE.resolve("plugins")).stream()
                        .filter(it -> Files.exists(it.resolve("pom.xml")))
                        .map(it -> it.getFileName().toString())
                        .toList();
        assertThat(modules).isNotEmpty();
        assertThat(list(HOME.resolve("plugins")))
                .extracting(it -> it.getFileName().toString())
                .containsExactlyElementsOf(modules);
    }

    @Test
    void everyPluginSaysItsNameAndTheVersionsOfTheApi() throws IOException {
        for (Path folder : list(HOME.resolve("plugins"))) {
            Properties manifest = manifest(folder);
            assertThat(manifest.getProperty("name")).isEqualTo(folder.getFileName().toString());
            assertThat(manifest.getProperty("api")).isEqualTo("[0.1,1)");
            assertThat(manifest.getProperty("java")).isEqualTo("25");
            assertThat(manifest.getProperty("version")).matches("[0-9].*");
        }
    }

    private static Properties manifest(Path folder) throws IOException {
        for (Path path : list(folder)) {
            try (JarFile jar = new JarFile(path.toFile())) {
                var entry = jar.getEntry("META-INF/postern/plugin.properties");
                if (entry != null) {
                    Properties manifest = new Properties();
                    manifest.load(jar.getInputStream(entry));
                    return manifest;
                }
            }
        }
        throw new AssertionError(
                "no jar in " + folder + " has a META-INF/postern/plugin.properties");
    }

    @Test
    void everyJarOfOursHasAModuleNameOfItsOwn() throws IOException {
        Stream<Path> jars =
                Stream.concat(
                        list(HOME.resolve("lib")).stream(),
                        list(HOME.resolve("plugins")).stream()
                                .flatMap(it -> listQuietly(it).stream()));
        List<String> names =
                jars.filter(it -> it.getFileName().toString().startsWith("postern-"))
                        .filter(it -> it.toString().endsWith(".jar"))
                        .map(it -> it.getFileName() + " " + moduleName(it))
                        .distinct()
                        .toList();
        assertThat(names).allSatisfy(it -> assertThat(it).matches("\\S+ dev\\.postern\\.\\S+"));
        assertThat(names.stream().map(it -> it.split(" ")[1])).doesNotHaveDuplicates();
    }

    @Test
    void theLauncherRuns() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(HOME.resolve("bin/postern").toString(), "--version")
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("0.1.0");
    }

    private static String moduleName(Path path) {
        try (JarFile jar = new JarFile(path.toFile())) {
            return String.valueOf(
                    jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> listQuietly(Path folder) {
        try {
            return list(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import dev.postern.runtime.boot.GatewayOptions;
import dev.postern.runtime.boot.GatewayProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a gateway in the foreground. */
@Command(
        name = "serve",
        description = "Runs a gateway in the foreground until SIGTERM or Ctrl-C.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private Source source;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "State directory, instead of the configuration's state-directory.")
    @Nullable
    private Path state;

    /** Exactly one configuration. */
    static final class Source {
        @Option(
                names = {"-c", "--config"},
                paramLabel = "FILE",
                description = "The configuration.")
        @Nullable
        private Path config;

        @Option(
                names = "--profile",
                paramLabel = "NAME",
                description = "A configuration that comes with the installation, such as docker.")
        @Nullable
        private String profile;
    }

    @Override
    public Integer call() throws InterruptedException {
        GatewayOptions options = GatewayOptions.file(file());
        if (state != null) {
            options =
                    options.with(
                            Map.of("postern.state-directory", state.toAbsolutePath().toString()));
        }
        GatewayProcess.serve(options, gateway -> {});
        return Exit.OK;
    }

    private Path file() {
        if (source.config != null) {
            return source.config;
        }
        Path profiles =
                Home.directory()
                        .orElseThrow(() ->
                                new CliFailure(
                                        Exit.USAGE,
                                        "The installation is not known, expected -c FILE"))
                        .resolve("etc/profiles");
        Path file = profiles.resolve(source.profile + ".conf").normalize();
        if (!file.startsWith(profiles) || !Files.isRegularFile(file)) {
            throw new CliFailure(
                    Exit.USAGE,
                    "There is no profile '" + source.profile + "' in '" + profiles + "'");
        }
        return file;
    }
}

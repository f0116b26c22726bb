// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import dev.postern.runtime.boot.GatewayOptions;
import dev.postern.runtime.boot.GatewayProcess;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a gateway in the foreground. */
@Command(
        name = "serve",
        description = "Runs a gateway in the foreground until SIGTERM or Ctrl-C.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration.")
    @SuppressWarnings("NullAway.Init")
    private Path config;

    @Override
    public Integer call() throws InterruptedException {
        GatewayProcess.serve(GatewayOptions.file(config), gateway -> {});
        return Exit.OK;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import dev.postern.api.error.PosternException;
import dev.postern.client.AdminProblem;
import dev.postern.client.AdminUnreachable;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** The {@code postern} command. */
@Command(
        name = "postern",
        description = "An SSH gateway for sandboxes.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            QuickstartCommand.class,
            ServeCommand.class,
            ConfigCommand.class,
            UserCommand.class,
            TokenCommand.class,
            KeyCommand.class,
            SandboxCommand.class,
            SessionCommand.class,
            KnownHostsCommand.class,
            ExplainCommand.class
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 refused, 2 usage or configuration, 3 no gateway answers."
        })
public final class Postern implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    private Postern() {}

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    /** Runs a command on this process's own streams and answers its exit code. */
    public static int execute(String... args) {
        return commandLine().execute(args);
    }

    static CommandLine commandLine() {
        return new CommandLine(new Postern())
                .setExecutionExceptionHandler(new OneSentence())
                .setParameterExceptionHandler((e, arguments) -> {
                    PrintWriter err = e.getCommandLine().getErr();
                    err.println("postern: " + e.getMessage());
                    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
                    err.println(
                            "Try '"
                                    + e.getCommandLine().getCommandSpec().qualifiedName()
                                    + " --help'");
                    return Exit.USAGE;
                })
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which command?");
    }

    /** A failure is one sentence for a person, never a stack trace. */
    private static final class OneSentence implements IExecutionExceptionHandler {
        @Override
        public int handleExecutionException(
                Exception failure, CommandLine command, ParseResult parsed) throws Exception {
            PrintWriter err = command.getErr();
            return switch (failure) {
                case CliFailure f -> say(err, f.getMessage(), f.exitCode());
                case AdminProblem p ->
                        say(err, p.getMessage() + " (" + p.code() + ")", Exit.REFUSED);
                case AdminUnreachable u -> say(err, u.getMessage(), Exit.UNREACHABLE);
                case dev.postern.api.error.ConfigException c ->
                        say(err, c.getMessage(), Exit.USAGE);
                case PosternException p ->
                        say(err, p.getMessage() + " (" + p.code() + ")", Exit.REFUSED);
                case InterruptedException i -> say(err, "interrupted", Exit.REFUSED);
                case CommandLine.ParameterException p -> throw p;
                default ->
                        say(
                                err,
                                "this is a defect of postern, please report it: "
                                        + failure.getClass().getSimpleName()
                                        + (failure.getMessage() == null
                                                ? ""
                                                : ": " + failure.getMessage()),
                                Exit.REFUSED);
            };
        }

        private static int say(
                PrintWriter err, @org.jspecify.annotations.Nullable String message, int code) {
            err.println("postern: " + message);
            return code;
        }
    }
}

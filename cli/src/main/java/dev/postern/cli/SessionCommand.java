// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.client.AdminClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Who is in. */
@Command(
        name = "session",
        description = "Who is in.",
        mixinStandardHelpOptions = true,
        subcommands = {SessionCommand.Ls.class, SessionCommand.Kill.class})
final class SessionCommand extends Group {
    /** Lists them. */
    @Command(
            name = "list",
            description = "Lists authenticated connections.",
            mixinStandardHelpOptions = true)
    static final class Ls extends Action {
        @Override
        void run(AdminClient gateway, Output output) throws InterruptedException {
            JsonNode tree = gateway.get("/v1/sessions");
            output.table(
                    tree,
                    tree.path("sessions"),
                    "id",
                    "actor",
                    "sandbox",
                    "route",
                    "client",
                    "since",
                    "channels",
                    "bytes_in",
                    "bytes_out");
        }
    }

    /** Throws one out. */
    @Command(
            name = "kill",
            description = "Ends a connection, with everything it started.",
            mixinStandardHelpOptions = true)
    static final class Kill extends Action {
        @Parameters(paramLabel = "ID", description = "Id of the connection.")
        @SuppressWarnings("NullAway.Init")
        private String id;

        @Override
        void run(AdminClient gateway, Output output) throws InterruptedException {
            JsonNode answer = gateway.delete("/v1/sessions/" + AdminClient.part(id));
            output.line(answer, "Ended connection " + id);
        }
    }
}

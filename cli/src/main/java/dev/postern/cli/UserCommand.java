// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.client.AdminClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** People who may log in. */
@Command(
        name = "user",
        description = "People who may log in.",
        mixinStandardHelpOptions = true,
        subcommands = {UserCommand.Add.class, UserCommand.Ls.class})
final class UserCommand extends Group {
    /** Adds one. */
    @Command(name = "add", description = "Adds a user.", mixinStandardHelpOptions = true)
    static final class Add extends Action {
        @Parameters(paramLabel = "USER", description = "Name of the user.")
        @SuppressWarnings("NullAway.Init")
        private String name;

        @Option(
                names = "--team",
                paramLabel = "TEAM",
                description = "Team of the user; may be given several times.")
        private List<String> teams = List.of();

        @Override
        void run(AdminClient gateway, Output output) throws InterruptedException {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("name", name);
            if (!teams.isEmpty()) {
                body.put("teams", teams);
            }
            JsonNode user = gateway.post("/v1/users", body);
            output.line(user, "Added user " + name);
        }
    }

    /** Lists them. */
    @Command(name = "list", description = "Lists users.", mixinStandardHelpOptions = true)
    static final class Ls extends Action {
        @Override
        void run(AdminClient gateway, Output output) throws InterruptedException {
            JsonNode tree = gateway.get("/v1/users");
            output.table(tree, tree.path("users"), "name", "teams", "disabled", "created_at");
        }
    }
}

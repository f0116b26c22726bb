// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.client.AdminClient;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tokens of the admin API. */
@Command(
        name = "token",
        description = "Tokens of the admin API.",
        mixinStandardHelpOptions = true,
        subcommands = {TokenCommand.Create.class, TokenCommand.Ls.class, TokenCommand.Revoke.class})
final class TokenCommand extends Group {
    /** Makes one; it is shown once. */
    @Command(
            name = "create",
            description = "Makes a token and prints it, once.",
            mixinStandardHelpOptions = true)
    static final class Create extends Action {
        @Option(
                names = "--subject",
                required = true,
                paramLabel = "NAME",
                description = "Person or program it is for.")
        @SuppressWarnings("NullAway.Init")
        private String subject;

        @Option(
                names = "--role",
                required = true,
                paramLabel = "ROLE",
                description = "admin, issuer, operator, user or metrics.")
        @SuppressWarnings("NullAway.Init")
        private String role;

        @Option(names = "--team", paramLabel = "TEAM", description = "Team that it acts for.")
        @Nullable
        private String team;

        @Option(
                names = "--expires-in",
                paramLabel = "DURATION",
                description = "Such as 30d or 12h (default: never).")
        @Nullable
        private String expiresIn;

        @Override
        void run(AdminClient gateway, Output output) throws InterruptedException {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("subject", subject);
            body.put("role", role);
            if (team != null) {
                body.put("team", team);
            }
            if (expiresIn != null) {
                body.put("expires_in", expiresIn);
            }
            JsonNode made = gateway.post("/v1/tokens", body);
            output.line(made, made.path("token").asText());
        }
    }

    /** Lists them, without their secrets. */
    @Command(
            name = "list",
            description = "Lists tokens, without their secrets.",
            mixinStandardHelpOptions = true)
    static final class Ls extends Action {
        @Override
        void run(AdminClient gateway, Output output) throws InterruptedException {
            JsonNode tree = gateway.get("/v1/tokens");
            output.table(
                    tree,
                    tree.path("tokens"),
                    "id",
                    "subject",
                    "role",
                    "team",
                    "expires_at",
                    "last_used_at");
        }
    }

    /** Revokes one. */
    @Command(name = "revoke", description = "Revokes a token.", mixinStandardHelpOptions = true)
    static final class Revoke extends Action {
        @Parameters(paramLabel = "ID", description = "Id of the token.")
        @SuppressWarnings("NullAway.Init")
        private String id;

        @Override
        void run(AdminClient gateway, Output output) throws InterruptedException {
            JsonNode answer = gateway.delete("/v1/tokens/" + AdminClient.part(id));
            output.line(answer, "Revoked token " + id);
        }
    }
}

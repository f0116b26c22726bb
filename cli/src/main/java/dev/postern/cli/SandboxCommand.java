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

/** Sandboxes that the gateway's registry knows. */
@Command(
        name = "sandbox",
        description = "Sandboxes that the gateway's registry knows.",
        mixinStandardHelpOptions = true,
        subcommands = {
            SandboxCommand.Add.class,
            SandboxCommand.Get.class,
            SandboxCommand.Ls.class,
            SandboxCommand.Kill.class
        })
final class SandboxCommand extends Group {
    /** Registers one. */
    @Command(name = "add", description = "Registers a sandbox.", mixinStandardHelpOptions = true)
    static final class Add extends Action {
        @Parameters(paramLabel = "ID", description = "Id of the sandbox, its SSH user name.")
        @SuppressWarnings("NullAway.Init")
        private String id;

        @Option(
                names = "--owner",
                required = true,
                paramLabel = "USER",
                description = "Who may open it.")
        @SuppressWarnings("NullAway.Init")
        private String owner;

        @Option(
                names = "--team",
                paramLabel = "TEAM",
                description = "Whose members may open it too.")
        @Nullable
        private String team;

        @Option(
                names = "--backend",
                required = true,
                paramLabel = "COMPONENT",
                description = "How it is reached.")
        @SuppressWarnings("NullAway.Init")
        private String backend;

        @Option(
                names = "--attribute",
                paramLabel = "KEY=VALUE",
                description = "What the backend needs to reach it.")
        private Map<String, String> attributes = new LinkedHashMap<>();

        @Option(
                names = "--expires-in",
                paramLabel = "DURATION",
                description = "Such as 8h (default: never).")
        @Nullable
        private String expiresIn;

        @Override
        void run(AdminClient gateway, Output output) throws InterruptedException {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("id", id);
            body.put("owner", owner);
            body.put("backend", backend);
            if (team != null) {
                body.put("team", team);
            }
            if (!attributes.isEmpty()) {
                body.put("attributes", attributes);
            }
            if (expiresIn != null) {
                body.put("expires_in", expiresIn);
            }
            JsonNode made = gateway.post("/v1/sandboxes", body);
            output.line(made, "Added sandbox " + id);
        }
    }

    /** Shows one, with how to reach it. */
    @Command(
            name = "get",
            description = "Shows a sandbox, with how to reach it.",
            mixinStandardHelpOptions = true)
    static final class Get extends Action {
        @Parameters(paramLabel = "ID", description = "Id of the sandbox.")
        @SuppressWarnings("NullAway.Init")
        private String id;

        @Override
        void run(AdminClient gateway, Output output) throws InterruptedException {
            JsonNode sandbox = gateway.get("/v1/sandboxes/" + AdminClient.part(id));
            output.fields(
                    sandbox,
                    "id",
                    "owner",
                    "team",
                    "backend",
                    "state",
                    "expires_at",
                    "created_at",
                    "ssh.host",
                    "ssh.port",
                    "ssh.username");
        }
    }

    /** Lists them. */
    @Command(name = "list", description = "Lists sandboxes.", mixinStandardHelpOptions = true)
    static final class Ls extends Action {
        @Override
        void run(AdminClient gateway, Output output) throws InterruptedException {
            JsonNode tree = gateway.get("/v1/sandboxes");
            output.table(
                    tree,
                    tree.path("sandboxes"),
                    "id",
                    "owner",
                    "team",
                    "backend",
                    "state",
                    "expires_at");
        }
    }

    /** Ends one, with everything that runs in it. */
    @Command(
            name = "kill",
            mixinStandardHelpOptions = true,
            description = "Ends a sandbox, its connections and everything that runs in it.")
    static final class Kill extends Action {
        @Parameters(paramLabel = "ID", description = "Id of the sandbox.")
        @SuppressWarnings("NullAway.Init")
        private String id;

        @Override
        void run(AdminClient gateway, Output output) throws InterruptedException {
            JsonNode answer = gateway.delete("/v1/sandboxes/" + AdminClient.part(id));
            output.line(answer, "Killed sandbox " + id);
        }
    }
}

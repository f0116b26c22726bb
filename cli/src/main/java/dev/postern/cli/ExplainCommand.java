// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.client.AdminClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Dry run of a login. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description =
                "Says what would happen if this SSH user name logged in with this public key. Wakes nothing.")
final class ExplainCommand extends Action {
    @Parameters(index = "0", paramLabel = "USER", description = "SSH user name.")
    @SuppressWarnings("NullAway.Init")
    private String user;

    @Parameters(index = "1", paramLabel = "KEY", description = "File with the public key.")
    @SuppressWarnings("NullAway.Init")
    private Path key;

    @Option(
            names = "--listener",
            paramLabel = "NAME",
            description = "Through which listener (default: the first).")
    @Nullable
    private String listener;

    @Option(
            names = "--from",
            paramLabel = "ADDRESS",
            description = "Client address (default: none).")
    @Nullable
    private String from;

    @Override
    void run(AdminClient gateway, Output output) throws InterruptedException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("user", user);
        try {
            body.put("public_key", Files.readString(key));
        } catch (IOException e) {
            throw new CliFailure(
                    Exit.REFUSED, "Cannot read '" + key + "': " + GatewayAccess.reason(e));
        }
        if (listener != null) {
            body.put("listener", listener);
        }
        if (from != null) {
            body.put("client_address", from);
        }
        JsonNode answer = gateway.post("/v1/explain", body);
        if (output.json()) {
            output.line(answer, "");
            return;
        }
        for (JsonNode step : answer.path("steps")) {
            output.out()
                    .printf(
                            "%-12s %-10s %s%n",
                            step.path("step").asText(),
                            step.path("result").asText(),
                            step.path("detail").asText());
        }
        output.out()
                .println(
                        "=> "
                                + answer.path("outcome").asText()
                                + (answer.hasNonNull("code")
                                        ? " (" + answer.path("code").asText() + ")"
                                        : ""));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.client.AdminClient;
import picocli.CommandLine.Command;

/** What pins the gateway's host keys. */
@Command(
        name = "known-hosts",
        mixinStandardHelpOptions = true,
        description = "Prints lines for ~/.ssh/known_hosts that pin the gateway's host keys.")
final class KnownHostsCommand extends Action {
    @Override
    void run(AdminClient gateway, Output output) throws InterruptedException {
        String lines = gateway.text("/v1/known_hosts");
        JsonNode tree = new ObjectMapper().createObjectNode().put("known_hosts", lines);
        output.line(tree, lines.stripTrailing());
    }
}

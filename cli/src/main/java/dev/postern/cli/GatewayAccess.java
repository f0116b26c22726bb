// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.api.value.Secret;
import dev.postern.client.AdminClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which gateway a command speaks to, and with which token. */
final class GatewayAccess {
    @Option(
            names = "--state",
            paramLabel = "DIR",
            description =
                    "State directory of a gateway on this host (default: $$POSTERN_STATE, else the quickstart's).")
    @Nullable
    private Path state;

    @Option(
            names = "--gateway",
            paramLabel = "URL",
            description = "Admin API of the gateway, such as https://host:8022.")
    @Nullable
    private URI gateway;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "File with the bearer token (default: admin.token in the state directory).")
    @Nullable
    private Path tokenFile;

    AdminClient connect() {
        Path directory = state == null ? StateDirectory.usual() : state;
        Path token = tokenFile == null ? directory.resolve("admin.token") : tokenFile;
        return new AdminClient(gateway == null ? address(directory) : gateway, token(token));
    }

    /** The token in a file. */
    static Secret token(Path file) {
        return Secret.of(read(file, "token").strip());
    }

    private static URI address(Path directory) {
        String text = read(directory.resolve("gateway.json"), "address of the gateway");
        try {
            JsonNode tree = new ObjectMapper().readTree(text);
            return URI.create(tree.path("admin").asText());
        } catch (IOException | IllegalArgumentException e) {
            throw new CliFailure(
                    Exit.UNREACHABLE,
                    "'"
                            + directory.resolve("gateway.json")
                            + "' does not name a gateway's admin address");
        }
    }

    private static String read(Path file, String what) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new CliFailure(
                    Exit.UNREACHABLE,
                    "No "
                            + what
                            + " in '"
                            + file
                            + "': no gateway has run with this state directory, "
                            + "start one or name it with --state or --gateway");
        } catch (IOException e) {
            throw new CliFailure(Exit.UNREACHABLE, "Cannot read '" + file + "': " + reason(e));
        }
    }

    static String reason(IOException e) {
        return switch (e) {
            case java.nio.file.AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "no such file";
            default -> String.valueOf(e.getMessage());
        };
    }
}

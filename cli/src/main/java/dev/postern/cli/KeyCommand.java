// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.client.AdminClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Public keys of users. */
@Command(
        name = "key",
        description = "Public keys of users.",
        mixinStandardHelpOptions = true,
        subcommands = {KeyCommand.Add.class, KeyCommand.Ls.class, KeyCommand.Delete.class})
final class KeyCommand extends Group {
    /** A file larger than this is no public key. */
    private static final int MOST_BYTES = 64 * 1024;

    /** Adds one. */
    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description =
                    "Adds a public key: a file, an inline key with --name, or standard input as '-'.")
    static final class Add extends Action {
        @Option(
                names = "--user",
                required = true,
                paramLabel = "USER",
                description = "Whose key it is.")
        @SuppressWarnings("NullAway.Init")
        private String user;

        @Option(
                names = "--name",
                paramLabel = "NAME",
                description =
                        "Name of the key (default: the file's name without its ending, or the key's comment).")
        @Nullable
        private String name;

        @Option(
                names = "--expires-in",
                paramLabel = "DURATION",
                description = "Such as 30d or 12h (default: never).")
        @Nullable
        private String expiresIn;

        @ArgGroup(multiplicity = "1")
        @SuppressWarnings("NullAway.Init")
        private Source source;

        /** Exactly one source. */
        static final class Source {
            @Parameters(
                    paramLabel = "FILE",
                    description = "File with the public key, or - for standard input.")
            @Nullable
            private String file;

            @Option(
                    names = "--key",
                    paramLabel = "LINE",
                    description = "The public key itself; needs --name.")
            @Nullable
            private String line;
        }

        @Override
        void run(AdminClient gateway, Output output) throws InterruptedException {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("public_key", text());
            String called = calledName();
            if (!called.isEmpty()) {
                body.put("name", called);
            }
            if (expiresIn != null) {
                body.put("expires_in", expiresIn);
            }
            JsonNode key = gateway.post("/v1/users/" + AdminClient.part(user) + "/ssh-keys", body);
            output.line(
                    key,
                    "Added key "
                            + key.path("name").asText()
                            + " "
                            + key.path("fingerprint_sha256").asText());
        }

        private String calledName() {
            if (name != null) {
                return name;
            }
            if (source.line != null) {
                throw new CliFailure(
                        Exit.USAGE, "An inline key needs a name, expected --name NAME");
            }
            if (source.file == null || source.file.equals("-")) {
                return "";
            }
            String file = String.valueOf(Path.of(source.file).getFileName());
            return file.endsWith(".pub") ? file.substring(0, file.length() - 4) : file;
        }

        private String text() {
            if (source.line != null) {
                return source.line;
            }
            String file = source.file == null ? "-" : source.file;
            try {
                byte[] bytes =
                        file.equals("-")
                                ? System.in.readNBytes(MOST_BYTES + 1)
                                : readFile(Path.of(file));
                if (bytes.length > MOST_BYTES) {
                    throw new CliFailure(
                            Exit.REFUSED,
                            "'" + file + "' is larger than 64 KiB, expected one public key");
                }
                return new String(bytes, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new CliFailure(
                        Exit.REFUSED, "Cannot read '" + file + "': " + GatewayAccess.reason(e));
            }
        }

        private static byte[] readFile(Path file) throws IOException {
            try (var in = Files.newInputStream(file)) {
                return in.readNBytes(MOST_BYTES + 1);
            }
        }
    }

    /** Lists a user's keys. */
    @Command(name = "list", description = "Lists a user's keys.", mixinStandardHelpOptions = true)
    static final class Ls extends Action {
        @Option(names = "--user", required = true, paramLabel = "USER", description = "Whose keys.")
        @SuppressWarnings("NullAway.Init")
        private String user;

        @Override
        void run(AdminClient gateway, Output output) throws InterruptedException {
            JsonNode tree = gateway.get("/v1/users/" + AdminClient.part(user) + "/ssh-keys");
            output.table(
                    tree,
                    tree.path("ssh_keys"),
                    "id",
                    "name",
                    "key_type",
                    "fingerprint_sha256",
                    "last_used_at");
        }
    }

    /** Deletes one; connections that logged in with it end. */
    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Deletes a key; connections that logged in with it end.")
    static final class Delete extends Action {
        @Option(
                names = "--user",
                required = true,
                paramLabel = "USER",
                description = "Whose key it is.")
        @SuppressWarnings("NullAway.Init")
        private String user;

        @Parameters(paramLabel = "ID", description = "Id of the key.")
        @SuppressWarnings("NullAway.Init")
        private String id;

        @Override
        void run(AdminClient gateway, Output output) throws InterruptedException {
            JsonNode answer =
                    gateway.delete(
                            "/v1/users/"
                                    + AdminClient.part(user)
                                    + "/ssh-keys/"
                                    + AdminClient.part(id));
            output.line(answer, "Deleted key " + id);
        }
    }
}

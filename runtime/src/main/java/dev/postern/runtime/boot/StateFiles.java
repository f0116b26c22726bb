// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.postern.api.admin.Role;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCode;
import dev.postern.runtime.admin.TokenStore;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The files that tell the command line how to reach the gateway of a state directory. */
final class StateFiles {
    private static final RefusalCode NOT_WRITABLE =
            RefusalCode.external("gateway.state-not-writable");

    private final Path directory;

    StateFiles(Path directory) {
        this.directory = directory;
    }

    /** Makes the first token at the first start; afterwards tokens make tokens. */
    void firstToken(TokenStore tokens) {
        if (!tokens.isEmpty()) {
            return;
        }
        TokenStore.Created made =
                tokens.create("admin", Role.ADMIN, Optional.empty(), Optional.empty());
        try {
            StateDirectory.write(directory.resolve("admin.token"), made.text().reveal() + "\n");
        } catch (IOException e) {
            tokens.revoke(made.token().id());
            throw failed("admin.token", e);
        }
    }

    /** Says where the gateway is; {@link #gone} takes it back. */
    AutoCloseable running(
            String id, Optional<URI> admin, Map<String, InetSocketAddress> listeners) {
        Path file = directory.resolve("gateway.json");
        String text = describe(id, admin, listeners);
        try {
            StateDirectory.write(file, text);
        } catch (IOException e) {
            throw failed("gateway.json", e);
        }
        return () -> gone(file, text);
    }

    /** A second gateway on the same directory may have written its own meanwhile. */
    private static void gone(Path file, String text) throws IOException {
        if (Files.exists(file) && Files.readString(file).equals(text)) {
            Files.delete(file);
        }
    }

    private static String describe(
            String id, Optional<URI> admin, Map<String, InetSocketAddress> listeners) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("id", id);
            out.writeNumberField("pid", ProcessHandle.current().pid());
            out.writeStringField("started_at", Instant.now().toString());
            if (admin.isPresent()) {
                out.writeStringField("admin", admin.get().toString());
            }
            out.writeObjectFieldStart("listeners");
            for (Map.Entry<String, InetSocketAddress> listener : listeners.entrySet()) {
                out.writeStringField(listener.getKey(), text(listener.getValue()));
            }
            out.writeEndObject();
            out.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("Writing to memory failed", e);
        }
        return text + "\n";
    }

    /** Address and port as a person would type them. */
    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private PosternException failed(String file, IOException e) {
        return new PosternException(
                NOT_WRITABLE,
                "'" + directory.resolve(file) + "' cannot be written: " + StateDirectory.reason(e),
                e);
    }
}

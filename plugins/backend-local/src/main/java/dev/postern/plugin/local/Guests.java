// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.auth.Identity;
import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.error.PosternException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who may come in where nothing but a folder lies between a sandbox and the gateway's own user: clients on this host,
 * and one person. The first one is remembered in the state directory, so that a restart does not open a race.
 */
final class Guests {
    private final Optional<String> only;
    private final Path memory;

    Guests(Optional<String> only, Path state) {
        this.only = only;
        this.memory = state.resolve("only-user");
    }

    /** Refuses whom only isolation could let in. */
    synchronized void admit(ConnectionContext context) {
        context.clientAddress()
                .ifPresent(address -> {
                    InetAddress ip = address.getAddress();
                    if (ip == null || !ip.isLoopbackAddress()) {
                        throw refused(
                                "client '" + address + "', expected one on the loopback address");
                    }
                });
        Identity actor = context.actor();
        if (only.isPresent()) {
            if (!only.get().equals(actor.subject()) && !only.get().equals(actor.toString())) {
                throw refused(
                        "'"
                                + actor
                                + "', expected '"
                                + only.get()
                                + "' as the setting 'user' says");
            }
            return;
        }
        String first = first(actor);
        if (!first.equals(actor.toString())) {
            throw refused("'" + actor + "', expected '" + first + "', who came in first");
        }
    }

    private String first(Identity actor) {
        try {
            if (!Files.exists(memory)) {
                Files.writeString(memory, actor.toString());
            }
            return Files.readString(memory);
        } catch (IOException e) {
            throw new PosternException(
                    LocalCodes.FOLDER, "File '" + memory + "' cannot be used: " + e, e);
        }
    }

    private static PosternException refused(String whom) {
        return new PosternException(
                LocalCodes.NOT_ISOLATED,
                "Processes run as the gateway's own user, with nothing around them, so this component refuses "
                        + whom
                        + "; 'run-as' with another user lets others in");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import dev.postern.api.value.Bytes;
import java.util.Map;
import java.util.Optional;

/**
 * A process to start for a session channel.
 *
 * @param sessionId the gateway's id of the session, for logs and labels
 * @param command what to run
 * @param pty the PTY to run it on; empty for pipes
 * @param environment variables that policy let through, and those of the gateway such as SSH_CONNECTION; the backend
 *     adds what belongs to the user inside (HOME, SHELL, USER, LOGNAME, PATH) and SSH_TTY
 */
public record ProcessSpec(
        String sessionId, Command command, Optional<PtySpec> pty, Map<String, String> environment) {
    public ProcessSpec {
        environment = Map.copyOf(environment);
    }

    /** What to run. */
    public sealed interface Command {}

    /** The user's login shell. */
    public record Shell() implements Command {}

    /**
     * A command line for the user's shell, as {@code $SHELL -c}.
     *
     * @param line octets as the client sent them
     */
    public record Exec(Bytes line) implements Command {}

    /**
     * A subsystem, such as {@code sftp}; only asked for where the backend declares it.
     *
     * @param name the subsystem's name
     */
    public record Subsystem(String name) implements Command {}
}

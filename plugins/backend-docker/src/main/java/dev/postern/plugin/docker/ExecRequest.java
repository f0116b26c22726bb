// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process to run in a container.
 *
 * @param command argv
 * @param environment added to the container's own
 * @param user empty for the container's own
 * @param tty on a terminal, stdout and stderr in one
 */
record ExecRequest(
        List<String> command, Map<String, String> environment, Optional<String> user, boolean tty) {
    ExecRequest {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}

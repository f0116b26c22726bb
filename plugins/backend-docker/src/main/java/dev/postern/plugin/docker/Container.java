// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import java.util.Map;
import java.util.Optional;

/**
 * A container as the engine describes it.
 *
 * @param id full id
 * @param name without the leading slash
 * @param labels its labels
 * @param state such as {@code running}, {@code paused} or {@code exited}
 * @param startedAt as the engine writes it; changes with every start
 * @param hostNetwork whether it shares the host's network
 * @param readOnlyRoot whether nothing can be put into its root
 * @param image id of its image
 * @param user the user that its processes run as, where its configuration names one
 */
record Container(
        String id,
        String name,
        Map<String, String> labels,
        String state,
        String startedAt,
        boolean hostNetwork,
        boolean readOnlyRoot,
        String image,
        Optional<String> user) {
    Container {
        labels = Map.copyOf(labels);
    }

    boolean running() {
        return state.equals("running");
    }
}

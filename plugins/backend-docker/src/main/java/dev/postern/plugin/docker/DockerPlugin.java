// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.PosternPlugin;
import java.util.List;

/** Containers of a Docker Engine. */
public final class DockerPlugin implements PosternPlugin {
    @Override
    public List<ComponentFactory> components() {
        return List.of(new DockerFactory());
    }
}

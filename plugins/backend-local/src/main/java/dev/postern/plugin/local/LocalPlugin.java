// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.PosternPlugin;
import java.util.List;

/** The plugin: processes on the gateway's own host. */
public final class LocalPlugin implements PosternPlugin {
    @Override
    public List<ComponentFactory> components() {
        return List.of(new LocalFactory());
    }
}

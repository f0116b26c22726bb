// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.PosternPlugin;
import java.util.List;

/** Sandboxes that are known to this gateway. */
public final class RegistryPlugin implements PosternPlugin {
    @Override
    public List<ComponentFactory> components() {
        return List.of(new RegistryFactory());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.gateway;

import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.PosternPlugin;
import java.util.List;

/**
 * Components whose answers stand in the configuration: {@code fixed-keys} knows people by their public keys, {@code
 * fixed-sandboxes} has every sandbox that is asked for, and lets everybody in.
 */
public final class FixedPlugin implements PosternPlugin {
    @Override
    public List<ComponentFactory> components() {
        return List.of(new FixedKeysFactory(), new FixedSandboxesFactory());
    }
}

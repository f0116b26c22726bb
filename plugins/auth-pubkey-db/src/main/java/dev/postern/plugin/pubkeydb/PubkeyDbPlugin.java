// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.PosternPlugin;
import java.util.List;

/** Public keys that users uploaded, in a database. */
public final class PubkeyDbPlugin implements PosternPlugin {
    @Override
    public List<ComponentFactory> components() {
        return List.of(new PubkeyDbFactory());
    }
}

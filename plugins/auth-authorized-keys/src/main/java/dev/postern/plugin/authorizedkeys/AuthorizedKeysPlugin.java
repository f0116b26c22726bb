// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.PosternPlugin;
import java.util.List;

/** OpenSSH's authorized_keys files. */
public final class AuthorizedKeysPlugin implements PosternPlugin {
    @Override
    public List<ComponentFactory> components() {
        return List.of(new AuthorizedKeysFactory());
    }
}

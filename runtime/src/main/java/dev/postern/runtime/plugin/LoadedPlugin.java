// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import com.typesafe.config.Config;
import dev.postern.api.plugin.PosternPlugin;
import java.util.Optional;

/**
 * A plugin whose entry was found and made.
 *
 * @param name its name
 * @param version its own version
 * @param source folder or class it comes from, for messages
 * @param entry its entry, guarded
 * @param defaults its reference.conf
 * @param loader closed when the gateway stops; empty for a plugin on the class path
 */
public record LoadedPlugin(
        String name,
        String version,
        String source,
        PosternPlugin entry,
        Optional<Config> defaults,
        Optional<AutoCloseable> loader) {}

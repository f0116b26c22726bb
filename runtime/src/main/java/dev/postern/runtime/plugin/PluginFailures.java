// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

/** Counts what plugins throw and must not throw. Any thread. */
@FunctionalInterface
public interface PluginFailures {
    /**
     * A plugin has failed.
     *
     * @param plugin its name
     * @param method interface and method that were called
     */
    void failed(String plugin, String method);
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.plugin;

import java.util.List;

/**
 * The one entry of a plugin, found by {@link java.util.ServiceLoader}; a plugin folder must hold exactly one. Has a public
 * constructor without parameters that does nothing.
 */
public interface PosternPlugin {
    /** The component types that the plugin offers. */
    List<ComponentFactory> components();
}

// SPDX-License-Identifier: Apache-2.0
/** Plugins: their folders, their class loaders, and the components that they offer. */
@NullMarked
package dev.postern.runtime.plugin;

import org.jspecify.annotations.NullMarked;

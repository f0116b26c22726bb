// SPDX-License-Identifier: Apache-2.0
/** The entry of a plugin, its components, and what the gateway gives them. */
@NullMarked
package dev.postern.api.plugin;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/** Sandboxes known to this gateway: owner, backend, lifetime. */
@NullMarked
package dev.postern.plugin.registry;

import org.jspecify.annotations.NullMarked;

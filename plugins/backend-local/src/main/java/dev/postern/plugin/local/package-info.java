// SPDX-License-Identifier: Apache-2.0

/** Processes on this host. */
@NullMarked
package dev.postern.plugin.local;

import org.jspecify.annotations.NullMarked;

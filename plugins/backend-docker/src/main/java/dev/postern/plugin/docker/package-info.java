// SPDX-License-Identifier: Apache-2.0

/** Docker Engine. */
@NullMarked
package dev.postern.plugin.docker;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Puts a gateway together from its configuration, starts it and ends it. */
@NullMarked
package dev.postern.runtime.boot;

import org.jspecify.annotations.NullMarked;

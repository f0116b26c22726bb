// SPDX-License-Identifier: Apache-2.0

/** What holds across all modules: their directions, and the distribution made of them. */
@NullMarked
package dev.postern.distribution;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/** The {@code postern} command. */
@NullMarked
package dev.postern.cli;

import org.jspecify.annotations.NullMarked;

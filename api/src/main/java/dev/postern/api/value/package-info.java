// SPDX-License-Identifier: Apache-2.0
/** Small immutable values that several parts of the SPI share. */
@NullMarked
package dev.postern.api.value;

import org.jspecify.annotations.NullMarked;

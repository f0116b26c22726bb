// SPDX-License-Identifier: Apache-2.0
/** Stable refusal codes and the one unchecked exception that carries them. */
@NullMarked
package dev.postern.api.error;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Which sandbox, may this person open it, and how it is woken, made and ended. */
@NullMarked
package dev.postern.api.sandbox;

import org.jspecify.annotations.NullMarked;

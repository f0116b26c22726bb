// SPDX-License-Identifier: Apache-2.0
/** A real Docker Engine for tests. */
@NullMarked
package dev.postern.testkit.docker;

import org.jspecify.annotations.NullMarked;

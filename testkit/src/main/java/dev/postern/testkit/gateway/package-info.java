// SPDX-License-Identifier: Apache-2.0

/** A gateway inside the test JVM. */
@NullMarked
package dev.postern.testkit.gateway;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/** The gateway. One package and one small Guice module for each feature. */
@NullMarked
package dev.postern.runtime;

import org.jspecify.annotations.NullMarked;

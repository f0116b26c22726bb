// SPDX-License-Identifier: Apache-2.0
/** Strict reading of HOCON: all problems at once, with file and line. */
@NullMarked
package dev.postern.api.config;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** How the inside of a sandbox is reached: processes, files, connections out of it, listeners within it. */
@NullMarked
package dev.postern.api.backend;

import org.jspecify.annotations.NullMarked;

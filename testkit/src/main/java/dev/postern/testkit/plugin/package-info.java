// SPDX-License-Identifier: Apache-2.0

/** What a plugin's tests need around it: a context, a clock, events and databases. */
@NullMarked
package dev.postern.testkit.plugin;

import org.jspecify.annotations.NullMarked;

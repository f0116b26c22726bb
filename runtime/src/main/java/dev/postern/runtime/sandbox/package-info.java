// SPDX-License-Identifier: Apache-2.0
/** The way from a login into a sandbox: waking, connecting, losing. */
@NullMarked
package dev.postern.runtime.sandbox;

import org.jspecify.annotations.NullMarked;

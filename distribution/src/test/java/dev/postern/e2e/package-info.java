// SPDX-License-Identifier: Apache-2.0
/** The installed distribution, used as a person would: its own launcher, its own plugin folders, stock clients. */
@NullMarked
package dev.postern.e2e;

import org.jspecify.annotations.NullMarked;

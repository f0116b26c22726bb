// SPDX-License-Identifier: Apache-2.0

/** authorized_keys files. */
@NullMarked
package dev.postern.plugin.authorizedkeys;

import org.jspecify.annotations.NullMarked;

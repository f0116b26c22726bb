// SPDX-License-Identifier: Apache-2.0
/** What a component adds to the admin API. */
@NullMarked
package dev.postern.api.admin;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** The admin API: HTTP/JSON with tokens, for the command line and for platforms. */
@NullMarked
package dev.postern.runtime.admin;

import org.jspecify.annotations.NullMarked;

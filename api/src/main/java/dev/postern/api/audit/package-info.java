// SPDX-License-Identifier: Apache-2.0
/** What is kept of who did what. */
@NullMarked
package dev.postern.api.audit;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Who is it: authenticators, what they are offered, and what they answer. */
@NullMarked
package dev.postern.api.auth;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Who may log in: the chain of authenticators and what it decides. */
@NullMarked
package dev.postern.runtime.auth;

import org.jspecify.annotations.NullMarked;

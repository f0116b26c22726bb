// SPDX-License-Identifier: Apache-2.0
/** Public keys and certificates as values; parsing and writing their text forms is {@code lib/ssh-keys}. */
@NullMarked
package dev.postern.api.key;

import org.jspecify.annotations.NullMarked;

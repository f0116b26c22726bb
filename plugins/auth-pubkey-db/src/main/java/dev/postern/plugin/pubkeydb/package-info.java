// SPDX-License-Identifier: Apache-2.0

/** Uploaded public keys in a database. */
@NullMarked
package dev.postern.plugin.pubkeydb;

import org.jspecify.annotations.NullMarked;

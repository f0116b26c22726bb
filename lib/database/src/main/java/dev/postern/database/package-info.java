// SPDX-License-Identifier: Apache-2.0

/** Migrations and helpers for everything that stores in a database. */
@NullMarked
package dev.postern.database;

import org.jspecify.annotations.NullMarked;

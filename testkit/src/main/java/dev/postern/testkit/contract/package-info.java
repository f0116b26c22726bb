// SPDX-License-Identifier: Apache-2.0

/** Contracts that a plugin proves by subclassing them. Numbered rules are in docs/spi-contract.md. */
@NullMarked
package dev.postern.testkit.contract;

import org.jspecify.annotations.NullMarked;

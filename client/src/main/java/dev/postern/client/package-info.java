// SPDX-License-Identifier: Apache-2.0

/** Java client: native sessions in memory, remote gateways and the admin API. */
@NullMarked
package dev.postern.client;

import org.jspecify.annotations.NullMarked;

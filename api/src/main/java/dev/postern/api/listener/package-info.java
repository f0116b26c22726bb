// SPDX-License-Identifier: Apache-2.0
/** Transports that carry SSH bytes to the gateway; TCP, stdio and in-memory are the gateway's own. */
@NullMarked
package dev.postern.api.listener;

import org.jspecify.annotations.NullMarked;

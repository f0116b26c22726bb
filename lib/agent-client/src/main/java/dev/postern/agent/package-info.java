// SPDX-License-Identifier: Apache-2.0

/** The Java side of the guest agent protocol. */
@NullMarked
package dev.postern.agent;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Port, socket, agent and X11 forwarding. */
@NullMarked
package dev.postern.runtime.forward;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** The algorithms that the gateway offers, and our own implementations where the SSH engine's are slow. */
@NullMarked
package dev.postern.runtime.ssh.crypto;

import org.jspecify.annotations.NullMarked;

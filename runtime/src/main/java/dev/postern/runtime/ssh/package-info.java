// SPDX-License-Identifier: Apache-2.0
/** The SSH engine: transports, the SSH protocol on Apache MINA SSHD, and its channels. No other package knows MINA. */
@NullMarked
package dev.postern.runtime.ssh;

import org.jspecify.annotations.NullMarked;

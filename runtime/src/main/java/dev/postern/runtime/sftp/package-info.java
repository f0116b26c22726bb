// SPDX-License-Identifier: Apache-2.0
/**
 * File transfer served by the gateway on {@link dev.postern.api.backend.SandboxFiles}: SFTP version 3 with OpenSSH's
 * extensions, and the protocol of {@code scp -O}. Both look like a process of the sandbox to whoever runs them.
 */
@NullMarked
package dev.postern.runtime.sftp;

import org.jspecify.annotations.NullMarked;

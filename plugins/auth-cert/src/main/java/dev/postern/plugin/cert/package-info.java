// SPDX-License-Identifier: Apache-2.0

/** OpenSSH user certificates: verify and issue. */
@NullMarked
package dev.postern.plugin.cert;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0

/** Public keys, certificates, key revocation lists, authorized_keys and known_hosts files. */
@NullMarked
package dev.postern.keys;

import org.jspecify.annotations.NullMarked;

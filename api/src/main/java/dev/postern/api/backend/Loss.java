// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import dev.postern.api.error.RefusalCode;

/**
 * Why the way into a sandbox broke.
 *
 * @param code the stable code
 * @param message one sentence for the log
 */
public record Loss(RefusalCode code, String message) {}

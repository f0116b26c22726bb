// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

/**
 * The size of a terminal (RFC 4254 section 6.2).
 *
 * @param columns characters, 0 if not known
 * @param rows characters, 0 if not known
 * @param widthPixels 0 if not known
 * @param heightPixels 0 if not known
 */
public record PtySize(int columns, int rows, int widthPixels, int heightPixels) {}

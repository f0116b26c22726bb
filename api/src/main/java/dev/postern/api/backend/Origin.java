// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

/**
 * Where a forwarded connection began, as the client or the listener says; for logs only.
 *
 * @param address may be empty
 * @param port 0 where there is none
 */
public record Origin(String address, int port) {}

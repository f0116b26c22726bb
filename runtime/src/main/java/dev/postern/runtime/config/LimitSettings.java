// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

/**
 * Limits of the whole gateway, {@code postern.limits}.
 *
 * @param connections connections at once
 * @param unauthenticated connections at once that have not authenticated
 * @param unauthenticatedPerSource the same from one source address (IPv6: one /64)
 */
public record LimitSettings(int connections, int unauthenticated, int unauthenticatedPerSource) {}

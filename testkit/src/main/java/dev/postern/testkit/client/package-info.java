// SPDX-License-Identifier: Apache-2.0

/**
 * The client compatibility kit: real SSH clients against any address that speaks SSH, by subclassing
 * {@link dev.postern.testkit.client.ClientCompatibilityKit}.
 */
@NullMarked
package dev.postern.testkit.client;

import org.jspecify.annotations.NullMarked;

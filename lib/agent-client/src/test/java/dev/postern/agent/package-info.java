// SPDX-License-Identifier: Apache-2.0
/** Tests of the agent's client. */
@org.jspecify.annotations.NullMarked
package dev.postern.agent;

// SPDX-License-Identifier: Apache-2.0
/**
 * The gateway's side of the guest agent's protocol, PVA/1 ({@code docs/agent-protocol.md}). The agent is treated as
 * hostile: every length, id, state, order and rate is checked, and a violation ends the connection with a named reason.
 */
@NullMarked
package dev.postern.agent;

import org.jspecify.annotations.NullMarked;

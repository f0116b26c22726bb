// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.PtySpec;
import dev.postern.api.value.Bytes;

/** A request on a session channel (RFC 4254 section 6). */
public sealed interface SessionRequest {
    /** {@code pty-req}. */
    record Pty(PtySpec pty) implements SessionRequest {}

    /** {@code env}. */
    record Environment(String name, String value) implements SessionRequest {}

    /** {@code shell}. */
    record Shell() implements SessionRequest {}

    /** {@code exec}. */
    record Exec(Bytes line) implements SessionRequest {}

    /** {@code subsystem}. */
    record Subsystem(String name) implements SessionRequest {}

    /** {@code window-change}. */
    record WindowChange(PtySize size) implements SessionRequest {}

    /** {@code signal}; the name is without SIG. */
    record Signal(String name) implements SessionRequest {}

    /** {@code break} (RFC 4335). */
    record Break(long milliseconds) implements SessionRequest {}

    /** {@code eow@openssh.com}: the client takes no more output. */
    record EndOfWrite() implements SessionRequest {}

    /** {@code auth-agent-req@openssh.com}. */
    record AgentForwarding() implements SessionRequest {}

    /** {@code x11-req}. */
    record X11(boolean single, String protocol, String cookie, long screen)
            implements SessionRequest {}

    /** Anything else. */
    record Unknown(String type) implements SessionRequest {}
}

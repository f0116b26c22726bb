// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

/** The agent did what the protocol does not allow; it never leaves this package. */
final class ProtocolViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String text;

    ProtocolViolation(String text) {
        super(text, null, false, false);
        this.text = text;
    }

    /** What was wrong; it may hold words of the agent only as {@link GuestText} shows them. */
    String text() {
        return text;
    }
}

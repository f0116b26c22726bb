// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

/** OPEN_FAIL: why the agent did not do it. */
record OpenFailure(Reason reason, String message) {
    /** The classes of the protocol, by number; what this side does not know is {@link #UNKNOWN}. */
    enum Reason {
        UNKNOWN,
        NOT_FOUND,
        NOT_EXECUTABLE,
        CONNECT_REFUSED,
        UNREACHABLE,
        TIMEOUT,
        NOT_PERMITTED,
        RESOURCE,
        ADDRESS_IN_USE,
        UNSUPPORTED,
        INVALID;

        static Reason of(long number) {
            return number >= 1 && number <= values().length ? values()[(int) number - 1] : UNKNOWN;
        }
    }

    static OpenFailure decode(PayloadReader in) {
        Reason reason = Reason.of(in.uint32("class"));
        in.uint32("errno");
        String message = in.text("text", 1024);
        in.end();
        return new OpenFailure(reason, GuestText.shown(message));
    }
}

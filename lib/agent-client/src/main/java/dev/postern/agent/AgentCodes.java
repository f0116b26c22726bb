// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.error.RefusalCode;
import java.util.List;

/** The codes of this library. */
public final class AgentCodes {
    /** The agent broke the protocol, or something that is no agent answered. */
    public static final RefusalCode PROTOCOL_VIOLATION =
            RefusalCode.external("agent.protocol-violation");

    /** The agent did not say hello in time. */
    public static final RefusalCode NO_HELLO = RefusalCode.external("agent.no-hello");

    /** The agent speaks no version that this gateway speaks. */
    public static final RefusalCode VERSION = RefusalCode.external("agent.version");

    /** The agent said that it goes away. */
    public static final RefusalCode WENT_AWAY = RefusalCode.external("agent.went-away");

    /** The agent did not answer a request in time. */
    public static final RefusalCode NO_ANSWER = RefusalCode.external("agent.no-answer");

    /** The agent's own limits leave no room for more. */
    public static final RefusalCode LIMIT = RefusalCode.resource("agent.limit");

    private AgentCodes() {}

    /** Every code above. */
    public static List<RefusalCode> all() {
        return List.of(PROTOCOL_VIOLATION, NO_HELLO, VERSION, WENT_AWAY, NO_ANSWER, LIMIT);
    }
}

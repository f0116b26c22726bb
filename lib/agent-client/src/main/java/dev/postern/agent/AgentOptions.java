// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import java.time.Duration;
import java.util.Map;

/**
 * How a connection with an agent is used.
 *
 * @param user who processes, files, connections and sockets belong to: a name, {@code uid}, {@code uid:gid} or {@code
 *     name:group} of the sandbox; empty for whoever the agent runs as
 * @param environment variables for every process, beneath those of the session
 * @param directory where processes begin; empty for the user's home
 * @param helloTimeout longest wait for the agent's first frame
 * @param answerTimeout longest wait for the answer to a request; above the agent's own limit for connecting, 30 s
 * @param window most bytes that one stream may have unread on this side, 32,768 or more
 * @param incomingLimit most connections through listeners at once
 */
public record AgentOptions(
        String user,
        Map<String, String> environment,
        String directory,
        Duration helloTimeout,
        Duration answerTimeout,
        int window,
        int incomingLimit) {
    /** The agent's own user, 256 KiB a stream. */
    public static final AgentOptions DEFAULT =
            new AgentOptions(
                    "",
                    Map.of(),
                    "",
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(40),
                    256 * 1024,
                    256);

    public AgentOptions {
        environment = Map.copyOf(environment);
        if (window < FrameHeader.MAX_DATA) {
            throw new IllegalArgumentException(
                    "window is " + window + ", expected at least " + FrameHeader.MAX_DATA);
        }
    }

    /** The same for another user. */
    public AgentOptions withUser(String name) {
        return new AgentOptions(
                name, environment, directory, helloTimeout, answerTimeout, window, incomingLimit);
    }

    /** The same with these variables. */
    public AgentOptions withEnvironment(Map<String, String> variables) {
        return new AgentOptions(
                user, variables, directory, helloTimeout, answerTimeout, window, incomingLimit);
    }

    /** The same with another directory to begin in. */
    public AgentOptions withDirectory(String path) {
        return new AgentOptions(
                user, environment, path, helloTimeout, answerTimeout, window, incomingLimit);
    }

    /** The same with other limits of time. */
    public AgentOptions withTimeouts(Duration hello, Duration answer) {
        return new AgentOptions(user, environment, directory, hello, answer, window, incomingLimit);
    }
}

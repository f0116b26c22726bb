// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import java.util.Map;

/** What a client is told: a fixed sentence, the stable code and the connection's id. Details go to the log. */
public final class ClientText {
    private static final Map<RefusalCode, String> SENTENCES =
            Map.ofEntries(
                    Map.entry(
                            RefusalCodes.AUTH_EXPIRED, "This key or certificate is not valid now"),
                    Map.entry(
                            RefusalCodes.AUTH_REVOKED, "This key or certificate has been revoked"),
                    Map.entry(
                            RefusalCodes.AUTH_SOURCE_ADDRESS,
                            "This key or certificate may not be used from your address"),
                    Map.entry(
                            RefusalCodes.AUTH_UNKNOWN_RESTRICTION,
                            "This key or certificate has a restriction that this gateway does not"
                                    + " know"),
                    Map.entry(
                            RefusalCodes.AUTH_UNAVAILABLE,
                            "Your key cannot be checked just now; please try again later"),
                    Map.entry(RefusalCodes.AUTH_TOO_MANY, "Too many failed logins"),
                    Map.entry(RefusalCodes.AUTH_GRACE, "The login took too long"),
                    Map.entry(
                            RefusalCodes.AUTH_SANDBOX_MISMATCH,
                            "This key or certificate is for another sandbox or user"),
                    Map.entry(
                            RefusalCodes.SANDBOX_NOT_AVAILABLE,
                            "There is no such sandbox, or you may not open it"),
                    Map.entry(
                            RefusalCodes.SANDBOX_UNAVAILABLE,
                            "The sandbox cannot be looked up just now; please try again later"),
                    Map.entry(RefusalCodes.SANDBOX_ENDED, "The sandbox has ended"),
                    Map.entry(RefusalCodes.SANDBOX_PAUSING, "The sandbox is being paused"),
                    Map.entry(RefusalCodes.RESUME_FAILED, "The sandbox could not be woken"),
                    Map.entry(RefusalCodes.RESUME_TIMEOUT, "The sandbox did not wake in time"),
                    Map.entry(
                            RefusalCodes.BACKEND_CONNECT_FAILED,
                            "The sandbox could not be reached"),
                    Map.entry(RefusalCodes.BACKEND_LOST, "The connection to the sandbox was lost"),
                    Map.entry(
                            RefusalCodes.BACKEND_CAPABILITY,
                            "This sandbox cannot do what was asked"),
                    Map.entry(
                            RefusalCodes.BACKEND_START_FAILED,
                            "The sandbox could not start the process"),
                    Map.entry(RefusalCodes.POLICY_PTY, "A terminal is not allowed here"),
                    Map.entry(RefusalCodes.POLICY_SUBSYSTEM, "This subsystem is not allowed here"),
                    Map.entry(RefusalCodes.POLICY_EXEC, "Shells and commands are not allowed here"),
                    Map.entry(RefusalCodes.POLICY_FORWARD, "This forwarding is not allowed here"),
                    Map.entry(RefusalCodes.POLICY_AGENT, "Agent forwarding is not allowed here"),
                    Map.entry(RefusalCodes.POLICY_X11, "X11 forwarding is not allowed here"),
                    Map.entry(
                            RefusalCodes.FORWARD_CONNECT_FAILED,
                            "The destination refused the connection or cannot be reached"),
                    Map.entry(
                            RefusalCodes.FORWARD_LISTEN_FAILED, "The sandbox cannot listen there"),
                    Map.entry(RefusalCodes.LIMIT_CONNECTIONS, "Too many connections"),
                    Map.entry(RefusalCodes.LIMIT_UNAUTHENTICATED, "Too many logins at once"),
                    Map.entry(RefusalCodes.LIMIT_CHANNELS, "Too many channels on this connection"),
                    Map.entry(
                            RefusalCodes.LIMIT_FORWARDS, "Too many forwardings on this connection"),
                    Map.entry(RefusalCodes.LIMIT_IDLE, "Idle for too long"),
                    Map.entry(RefusalCodes.CLIENT_LOST, "The client does not answer"),
                    Map.entry(RefusalCodes.PROTOCOL_ERROR, "Protocol error"),
                    Map.entry(RefusalCodes.SESSION_KILLED, "The session was ended by an operator"),
                    Map.entry(RefusalCodes.GATEWAY_STOPPING, "The gateway is stopping"));

    /** The whole text, without a line end. */
    public static String of(RefusalCode code, String connectionId) {
        return sentence(code) + " (" + code.value() + ", connection " + connectionId + ")";
    }

    private static String sentence(RefusalCode code) {
        String known = SENTENCES.get(code);
        if (known != null) {
            return known;
        }
        return switch (code.category()) {
            case USER -> "This is not allowed";
            case EXTERNAL -> "Something behind the gateway failed; please try again later";
            case RESOURCE -> "A limit was reached; please try again later";
            case INTERNAL -> "The gateway failed";
        };
    }

    private ClientText() {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.error;

import java.util.List;

/** The codes of the gateway itself and of the contracts; a plugin adds its own beside them. */
public final class RefusalCodes {
    /** No authenticator granted the offer. */
    public static final RefusalCode AUTH_DENIED = RefusalCode.user("auth.denied");

    /** The credential has passed its end or has not begun. */
    public static final RefusalCode AUTH_EXPIRED = RefusalCode.user("auth.expired");

    /** The credential or the identity was revoked or disabled. */
    public static final RefusalCode AUTH_REVOKED = RefusalCode.user("auth.revoked");

    /** The credential does not allow this client address. */
    public static final RefusalCode AUTH_SOURCE_ADDRESS = RefusalCode.user("auth.source-address");

    /** A restriction of the credential is not known to this gateway. */
    public static final RefusalCode AUTH_UNKNOWN_RESTRICTION =
            RefusalCode.user("auth.unknown-restriction");

    /** An authenticator broke; the offer is denied and no later authenticator is asked. */
    public static final RefusalCode AUTH_UNAVAILABLE = RefusalCode.external("auth.unavailable");

    /** Too many tries on one connection. */
    public static final RefusalCode AUTH_TOO_MANY = RefusalCode.resource("auth.too-many-attempts");

    /** No login within the grace time. */
    public static final RefusalCode AUTH_GRACE = RefusalCode.resource("auth.login-grace");

    /** User name, host name, path, grant and credential name different sandboxes. */
    public static final RefusalCode AUTH_SANDBOX_MISMATCH =
            RefusalCode.user("auth.sandbox-mismatch");

    /** No such sandbox, or not for this person; the two look the same. */
    public static final RefusalCode SANDBOX_NOT_AVAILABLE =
            RefusalCode.user("sandbox.not-available");

    /** The sandbox lives in another region. */
    public static final RefusalCode SANDBOX_OTHER_REGION = RefusalCode.user("sandbox.other-region");

    /** The resolver could not answer. */
    public static final RefusalCode SANDBOX_UNAVAILABLE =
            RefusalCode.external("sandbox.unavailable");

    /** The sandbox was ended, killed or has passed its lifetime. */
    public static final RefusalCode SANDBOX_ENDED = RefusalCode.user("sandbox.ended");

    /** The sandbox is being paused, so its connections are let go. */
    public static final RefusalCode SANDBOX_PAUSING = RefusalCode.external("sandbox.pausing");

    /** The resolver named a backend or a target that the route does not list. */
    public static final RefusalCode SANDBOX_TARGET =
            RefusalCode.internal("sandbox.target-not-listed");

    /** No resume hook could wake the sandbox. */
    public static final RefusalCode RESUME_FAILED = RefusalCode.external("resume.failed");

    /** Waking took longer than the deadline. */
    public static final RefusalCode RESUME_TIMEOUT = RefusalCode.external("resume.timeout");

    /** The backend did not reach the sandbox. */
    public static final RefusalCode BACKEND_CONNECT_FAILED =
            RefusalCode.external("backend.connect-failed");

    /** The connection into the sandbox broke. */
    public static final RefusalCode BACKEND_LOST = RefusalCode.external("backend.lost");

    /** The backend does not declare the capability that was asked for. */
    public static final RefusalCode BACKEND_CAPABILITY =
            RefusalCode.user("backend.capability-missing");

    /** The backend could not start the process. */
    public static final RefusalCode BACKEND_START_FAILED =
            RefusalCode.external("backend.start-failed");

    /** The policy allows no PTY. */
    public static final RefusalCode POLICY_PTY = RefusalCode.user("policy.pty");

    /** The policy does not allow this subsystem. */
    public static final RefusalCode POLICY_SUBSYSTEM = RefusalCode.user("policy.subsystem");

    /** The policy allows no shell or command. */
    public static final RefusalCode POLICY_EXEC = RefusalCode.user("policy.exec");

    /** The policy does not allow this forwarding. */
    public static final RefusalCode POLICY_FORWARD = RefusalCode.user("policy.forward");

    /** The policy allows no agent forwarding. */
    public static final RefusalCode POLICY_AGENT = RefusalCode.user("policy.agent-forwarding");

    /** The policy allows no X11 forwarding. */
    public static final RefusalCode POLICY_X11 = RefusalCode.user("policy.x11-forwarding");

    /** The destination of a forwarding refused or could not be reached. */
    public static final RefusalCode FORWARD_CONNECT_FAILED =
            RefusalCode.external("forward.connect-failed");

    /** The address to listen on is taken or not permitted inside the sandbox. */
    public static final RefusalCode FORWARD_LISTEN_FAILED =
            RefusalCode.external("forward.listen-failed");

    /** Too many connections. */
    public static final RefusalCode LIMIT_CONNECTIONS = RefusalCode.resource("limit.connections");

    /** Too many connections that have not authenticated. */
    public static final RefusalCode LIMIT_UNAUTHENTICATED =
            RefusalCode.resource("limit.unauthenticated");

    /** Too many channels on one connection. */
    public static final RefusalCode LIMIT_CHANNELS = RefusalCode.resource("limit.channels");

    /** Too many forwardings on one connection. */
    public static final RefusalCode LIMIT_FORWARDS = RefusalCode.resource("limit.forwards");

    /** The connection was idle for too long. */
    public static final RefusalCode LIMIT_IDLE = RefusalCode.resource("limit.idle");

    /** The client did not answer client-alive messages. */
    public static final RefusalCode CLIENT_LOST = RefusalCode.external("client.lost");

    /** The peer broke the SSH protocol. */
    public static final RefusalCode PROTOCOL_ERROR = RefusalCode.user("protocol.error");

    /** An operator ended the session. */
    public static final RefusalCode SESSION_KILLED = RefusalCode.user("session.killed");

    /** The gateway stops. */
    public static final RefusalCode GATEWAY_STOPPING = RefusalCode.external("gateway.stopping");

    /** A plugin threw what it must not throw. */
    public static final RefusalCode PLUGIN_FAILED = RefusalCode.internal("plugin.failed");

    /** A defect of the gateway. */
    public static final RefusalCode INTERNAL = RefusalCode.internal("gateway.internal");

    /** Every code above, for the reference and for the test that pins uniqueness. */
    public static List<RefusalCode> all() {
        return List.of(
                AUTH_DENIED,
                AUTH_EXPIRED,
                AUTH_REVOKED,
                AUTH_SOURCE_ADDRESS,
                AUTH_UNKNOWN_RESTRICTION,
                AUTH_UNAVAILABLE,
                AUTH_TOO_MANY,
                AUTH_GRACE,
                AUTH_SANDBOX_MISMATCH,
                SANDBOX_NOT_AVAILABLE,
                SANDBOX_OTHER_REGION,
                SANDBOX_UNAVAILABLE,
                SANDBOX_ENDED,
                SANDBOX_PAUSING,
                SANDBOX_TARGET,
                RESUME_FAILED,
                RESUME_TIMEOUT,
                BACKEND_CONNECT_FAILED,
                BACKEND_LOST,
                BACKEND_CAPABILITY,
                BACKEND_START_FAILED,
                POLICY_PTY,
                POLICY_SUBSYSTEM,
                POLICY_EXEC,
                POLICY_FORWARD,
                POLICY_AGENT,
                POLICY_X11,
                FORWARD_CONNECT_FAILED,
                FORWARD_LISTEN_FAILED,
                LIMIT_CONNECTIONS,
                LIMIT_UNAUTHENTICATED,
                LIMIT_CHANNELS,
                LIMIT_FORWARDS,
                LIMIT_IDLE,
                CLIENT_LOST,
                PROTOCOL_ERROR,
                SESSION_KILLED,
                GATEWAY_STOPPING,
                PLUGIN_FAILED,
                INTERNAL);
    }

    private RefusalCodes() {}
}

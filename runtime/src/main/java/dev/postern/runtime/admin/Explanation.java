// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.api.auth.AuthContext;
import dev.postern.api.auth.Granted;
import dev.postern.api.auth.Identity;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.key.SshPublicKey;
import dev.postern.api.sandbox.Resolution;
import dev.postern.api.sandbox.SandboxRequest;
import dev.postern.runtime.auth.AuthChain;
import dev.postern.runtime.auth.Presented;
import dev.postern.runtime.auth.Verdict;
import dev.postern.runtime.session.ConnectionInfo;
import dev.postern.runtime.session.Rights;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Goes through a login in the order that the engine goes through it, and writes down what each step says. What only a
 * proven signature sets off (confirming a credential, waking a sandbox) is left out.
 */
final class Explanation {
    private final ConnectionInfo connection;
    private final InstantSource clock;
    private final ObjectNode answer = Json.object();
    private final ArrayNode steps = answer.putArray("steps");

    Explanation(ConnectionInfo connection, InstantSource clock) {
        this.connection = connection;
        this.clock = clock;
    }

    ObjectNode of(String user, SshPublicKey key) throws InterruptedException {
        step("route", connection.route().name(), "by listener " + connection.listener().name());
        step("key", key.algorithm(), key.fingerprint());
        AuthChain chain = new AuthChain(connection, user);
        Optional<RefusalCode> refusal =
                switch (chain.judge(new Presented.Key(key))) {
                    case Verdict.Refused(RefusalCode code, String reason) ->
                            refused("auth", code, reason);
                    case Verdict.Accepted accepted -> granted(chain.context(), accepted);
                };
        answer.put("outcome", refusal.isPresent() ? "refused" : "allowed");
        refusal.ifPresent(it -> answer.put("code", it.value()));
        return answer;
    }

    private Optional<RefusalCode> granted(AuthContext context, Verdict.Accepted accepted)
            throws InterruptedException {
        Granted granted = accepted.granted();
        step(
                "auth",
                "granted",
                "by "
                        + accepted.by().component()
                        + " to "
                        + granted.identities().stream()
                                .map(Identity::toString)
                                .collect(Collectors.joining(", "))
                        + ", credential "
                        + granted.credential().id());
        if (granted.notAfter().filter(end -> !clock.instant().isBefore(end)).isPresent()) {
            return refused("auth", RefusalCodes.AUTH_EXPIRED, "The credential has ended");
        }
        if (!granted.restrictions().unknown().isEmpty()) {
            return refused(
                    "auth",
                    RefusalCodes.AUTH_UNKNOWN_RESTRICTION,
                    granted.restrictions().unknown().toString());
        }
        if (!agree(context.sandbox(), granted.sandbox())) {
            return refused(
                    "auth",
                    RefusalCodes.AUTH_SANDBOX_MISMATCH,
                    "The credential is for another sandbox");
        }
        Resolution resolution;
        try {
            resolution =
                    connection
                            .route()
                            .resolver()
                            .resolver()
                            .resolve(
                                    new SandboxRequest(
                                            connection.id(),
                                            connection.route().name(),
                                            context.sandbox().or(granted::sandbox),
                                            granted.identities(),
                                            context.guestUser().or(granted::guestUser),
                                            connection.client().address()));
        } catch (RuntimeException e) {
            return refused(
                    "resolve", RefusalCodes.SANDBOX_UNAVAILABLE, String.valueOf(e.getMessage()));
        }
        return switch (resolution) {
            case Resolution.Found found -> found(granted, found);
            case Resolution.NotFound() ->
                    refused(
                            "resolve",
                            RefusalCodes.SANDBOX_NOT_AVAILABLE,
                            "There is no such sandbox");
            case Resolution.Forbidden(String reason) ->
                    refused("resolve", RefusalCodes.SANDBOX_NOT_AVAILABLE, "Forbidden: " + reason);
            case Resolution.OtherRegion(String host, int port) ->
                    refused(
                            "resolve",
                            RefusalCodes.SANDBOX_OTHER_REGION,
                            "In the region of " + host + ":" + port);
            case Resolution.Unavailable(RefusalCode code, var retryAfter) ->
                    refused("resolve", code, "The resolver cannot answer now");
        };
    }

    private Optional<RefusalCode> found(Granted granted, Resolution.Found found) {
        step(
                "resolve",
                "found",
                found.sandbox().id()
                        + " behind "
                        + found.sandbox().backend()
                        + ", "
                        + found.state().name().toLowerCase(Locale.ROOT)
                        + ", as "
                        + found.actor());
        if (!connection.route().backends().containsKey(found.sandbox().backend())) {
            return refused(
                    "resolve",
                    RefusalCodes.SANDBOX_TARGET,
                    "The route does not list backend '" + found.sandbox().backend() + "'");
        }
        if (!granted.identities().contains(found.actor())) {
            return refused(
                    "resolve",
                    RefusalCodes.PLUGIN_FAILED,
                    "The resolver named an actor that nobody proved");
        }
        if (found.endsAt().filter(end -> !clock.instant().isBefore(end)).isPresent()) {
            return refused("resolve", RefusalCodes.SANDBOX_ENDED, "The sandbox has passed its end");
        }
        Rights rights =
                new Rights(
                        connection.route().policy(), granted.restrictions(), found.restrictions());
        rights.forceCommand()
                .ifPresent(it -> step("policy", "forced", "every session runs '" + it + "'"));
        permission("exec", rights.exec());
        permission("pty", rights.pty());
        permission("sftp", rights.subsystem("sftp"));
        permission("agent-forwarding", rights.agentForwarding());
        permission("x11-forwarding", rights.x11Forwarding());
        return Optional.empty();
    }

    private void permission(String what, Optional<RefusalCode> refusal) {
        step(
                "policy",
                refusal.isPresent() ? "refused" : "allowed",
                what + refusal.map(it -> ": " + it).orElse(""));
    }

    private Optional<RefusalCode> refused(String step, RefusalCode code, String reason) {
        step(step, "refused", reason + " (" + code + ")");
        return Optional.of(code);
    }

    private void step(String step, String result, String detail) {
        steps.addObject().put("step", step).put("result", result).put("detail", detail);
    }

    private static boolean agree(Optional<String> one, Optional<String> other) {
        return List.of(one, other).stream().flatMap(Optional::stream).distinct().count() <= 1;
    }
}

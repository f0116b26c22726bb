// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.auth;

import dev.postern.api.auth.AuthContext;
import dev.postern.api.auth.Confirmation;
import dev.postern.api.auth.Granted;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.sandbox.Resolution;
import dev.postern.api.sandbox.SandboxRequest;
import dev.postern.runtime.session.ClientText;
import dev.postern.runtime.session.ConnectionInfo;
import dev.postern.runtime.session.EngineMeters;
import dev.postern.runtime.session.EngineMeters.Stage;
import dev.postern.runtime.session.LiveSet;
import dev.postern.runtime.session.Rights;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lies between a proven signature and success: dates, restrictions, names, the resolver, the live set, and the
 * confirmation that consumes a one-time credential. It wakes nothing.
 */
public final class LoginGate {
    private static final Logger LOG = LoggerFactory.getLogger(LoginGate.class);

    private final ConnectionInfo connection;
    private final LiveSet live;
    private final EngineMeters meters;
    private final InstantSource clock;

    /** A gate for one connection. */
    public LoginGate(
            ConnectionInfo connection, LiveSet live, EngineMeters meters, InstantSource clock) {
        this.connection = connection;
        this.live = live;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * Decides. A login that is refused is not in the live set afterwards.
     *
     * @param accepted what the chain said to the signed request
     * @param proof how it was proven
     * @param watch what has happened since before the chain was asked
     * @param entry makes the connection's entry in the live set
     */
    public LoginResult pass(
            Verdict.Accepted accepted,
            Proof proof,
            LiveSet.Watch watch,
            Function<Login, LiveSet.Entry> entry)
            throws InterruptedException {
        Granted granted = accepted.granted();
        if (granted.notAfter().filter(end -> !clock.instant().isBefore(end)).isPresent()) {
            return refused(RefusalCodes.AUTH_EXPIRED, "The credential has ended");
        }
        Optional<LoginResult> restricted = check(granted.restrictions(), proof);
        if (restricted.isPresent()) {
            return restricted.get();
        }
        AuthContext context = accepted.offer().context();
        if (!AuthChain.agree(List.of(context.sandbox(), granted.sandbox()))) {
            return refused(
                    RefusalCodes.AUTH_SANDBOX_MISMATCH, "The credential is for another sandbox");
        }
        return switch (resolve(accepted)) {
            case Resolution.Found found -> enter(accepted, found, proof, watch, entry);
            case Resolution.NotFound() ->
                    refused(RefusalCodes.SANDBOX_NOT_AVAILABLE, "No such sandbox");
            case Resolution.Forbidden(String reason) ->
                    refused(RefusalCodes.SANDBOX_NOT_AVAILABLE, "Forbidden: " + reason);
            case Resolution.OtherRegion(String host, int port) -> otherRegion(host, port);
            case Resolution.Unavailable(RefusalCode code, var _) ->
                    refused(code, "The resolver cannot answer");
        };
    }

    private Resolution resolve(Verdict.Accepted accepted) throws InterruptedException {
        AuthContext context = accepted.offer().context();
        Granted granted = accepted.granted();
        var request =
                new SandboxRequest(
                        connection.id(),
                        connection.route().name(),
                        AuthChain.first(Stream.of(context.sandbox(), granted.sandbox())),
                        granted.identities(),
                        AuthChain.first(Stream.of(context.guestUser(), granted.guestUser())),
                        connection.client().address());
        long begin = System.nanoTime();
        try {
            return connection.route().resolver().resolver().resolve(request);
        } catch (PosternException e) {
            logFailure("Resolver failed", e);
            return new Resolution.Unavailable(RefusalCodes.SANDBOX_UNAVAILABLE, Optional.empty());
        } catch (RuntimeException e) {
            logFailure("Resolver failed", e);
            return new Resolution.Unavailable(RefusalCodes.SANDBOX_UNAVAILABLE, Optional.empty());
        } finally {
            meters.stage(
                    Stage.RESOLVE,
                    connection.route().name(),
                    Duration.ofNanos(System.nanoTime() - begin));
        }
    }

    private LoginResult enter(
            Verdict.Accepted accepted,
            Resolution.Found found,
            Proof proof,
            LiveSet.Watch watch,
            Function<Login, LiveSet.Entry> entry)
            throws InterruptedException {
        Granted granted = accepted.granted();
        if (!connection.route().backends().containsKey(found.sandbox().backend())) {
            return refused(
                    RefusalCodes.SANDBOX_TARGET,
                    "The route does not list backend '" + found.sandbox().backend() + "'");
        }
        if (!granted.identities().contains(found.actor())) {
            return refused(
                    RefusalCodes.PLUGIN_FAILED, "The resolver named an actor that nobody proved");
        }
        if (found.endsAt().filter(end -> !clock.instant().isBefore(end)).isPresent()) {
            return refused(RefusalCodes.SANDBOX_ENDED, "The sandbox has passed its end");
        }
        Optional<LoginResult> restricted = check(found.restrictions(), proof);
        if (restricted.isPresent()) {
            return restricted.get();
        }
        List<Optional<String>> users =
                List.of(
                        accepted.offer().context().guestUser(),
                        granted.guestUser(),
                        found.guestUser());
        if (!AuthChain.agree(users)) {
            return refused(
                    RefusalCodes.AUTH_SANDBOX_MISMATCH,
                    "User name, credential and resolver name different users");
        }
        var login =
                new Login(
                        found.actor(),
                        granted.credential(),
                        found.sandbox(),
                        found.state(),
                        AuthChain.first(users.stream()),
                        new Rights(
                                connection.route().policy(),
                                granted.restrictions(),
                                found.restrictions()),
                        found.endsAt());
        LiveSet.Entry made = entry.apply(login);
        live.enter(connection.id(), made);
        LoginResult result = confirm(accepted, login, made, watch);
        if (!(result instanceof LoginResult.Admitted)) {
            live.leave(connection.id(), false);
        }
        return result;
    }

    private LoginResult confirm(
            Verdict.Accepted accepted, Login login, LiveSet.Entry made, LiveSet.Watch watch)
            throws InterruptedException {
        boolean sure = false;
        try {
            Optional<RefusalCode> meanwhile = watch.concerns(made.snapshot());
            if (meanwhile.isPresent()) {
                sure = true;
                return refused(meanwhile.get(), "Revoked or ended while it logged in");
            }
            Confirmation answer =
                    accepted.by().authenticator().confirm(accepted.offer(), accepted.granted());
            sure = true;
            return switch (answer) {
                case Confirmation.Confirmed() -> new LoginResult.Admitted(login);
                case Confirmation.Refused(RefusalCode code, String reason) -> refused(code, reason);
            };
        } catch (RuntimeException e) {
            sure = true;
            logFailure("Confirming a credential failed", e);
            return refused(RefusalCodes.AUTH_UNAVAILABLE, "The credential could not be confirmed");
        } finally {
            if (!sure) {
                live.leave(connection.id(), false);
            }
        }
    }

    private Optional<LoginResult> check(Restrictions restrictions, Proof proof) {
        if (!restrictions.unknown().isEmpty()) {
            return Optional.of(
                    refused(
                            RefusalCodes.AUTH_UNKNOWN_RESTRICTION,
                            "Unknown restrictions " + restrictions.unknown()));
        }
        if (restrictions.sourceAddresses().isPresent()
                && !SourceAddresses.allow(
                        restrictions.sourceAddresses().get(), connection.client().address())) {
            return Optional.of(
                    refused(RefusalCodes.AUTH_SOURCE_ADDRESS, "Not allowed from this address"));
        }
        if (proof.securityKey() && restrictions.userPresence() && !proof.userPresent()) {
            return Optional.of(refused(RefusalCodes.AUTH_DENIED, "Nobody touched the FIDO key"));
        }
        if (restrictions.userVerification() && !proof.userVerified()) {
            return Optional.of(
                    refused(RefusalCodes.AUTH_DENIED, "The FIDO key did not verify its user"));
        }
        return Optional.empty();
    }

    private LoginResult otherRegion(String host, int port) {
        RefusalCode code = RefusalCodes.SANDBOX_OTHER_REGION;
        return new LoginResult.Refused(
                code,
                "In the region of " + host + ":" + port,
                "The sandbox lives in another region: connect to host "
                        + host
                        + ", port "
                        + port
                        + " ("
                        + code
                        + ", connection "
                        + connection.id()
                        + ")");
    }

    private LoginResult refused(RefusalCode code, String reason) {
        return new LoginResult.Refused(code, reason, ClientText.of(code, connection.id()));
    }

    private void logFailure(String what, RuntimeException cause) {
        LOG.atWarn().addKeyValue("connection.id", connection.id()).setCause(cause).log(what);
    }
}

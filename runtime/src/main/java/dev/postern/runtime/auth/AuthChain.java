// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.auth;

import dev.postern.api.auth.AuthContext;
import dev.postern.api.auth.AuthDecision;
import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Granted;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.value.Secret;
import dev.postern.runtime.config.LoginName;
import dev.postern.runtime.session.ConnectionInfo;
import dev.postern.runtime.session.Route.NamedAuthenticator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the authenticators of a route, in order, about the offers of one connection. Changes nothing: it is asked for the
 * public key query, when nothing is proven, and again for the signed request.
 */
public final class AuthChain {
    private static final Logger LOG = LoggerFactory.getLogger(AuthChain.class);

    private static final int LONGEST_NAME = 256;

    private final ConnectionInfo connection;
    private final AuthContext context;
    private final Optional<Secret> token;
    private final boolean namesAgree;

    /**
     * The chain for a connection whose client has said its user name.
     *
     * @param loginName the SSH user name
     */
    public AuthChain(ConnectionInfo connection, String loginName) {
        this.connection = connection;
        LoginName meaning = connection.route().loginName();
        token =
                meaning == LoginName.TOKEN && !loginName.isEmpty()
                        ? Optional.of(Secret.of(loginName))
                        : Optional.empty();
        Set<String> sandboxes = sandboxes(connection, loginName);
        namesAgree = sandboxes.size() <= 1 && loginName.length() <= LONGEST_NAME;
        context =
                new AuthContext(
                        connection.id(),
                        connection.route().name(),
                        connection.listener().name(),
                        meaning == LoginName.TOKEN ? "(token)" : loginName,
                        sandboxes.stream().findFirst(),
                        meaning == LoginName.GUEST_USER && !loginName.isEmpty()
                                ? Optional.of(loginName)
                                : Optional.empty(),
                        connection.client().address());
    }

    /** Every sandbox that user name, listener, host name or path speak of. */
    private static Set<String> sandboxes(ConnectionInfo connection, String loginName) {
        Set<String> all = new LinkedHashSet<>();
        if (connection.route().loginName() == LoginName.SANDBOX && !loginName.isEmpty()) {
            all.add(loginName);
        }
        connection.listener().sandbox().ifPresent(all::add);
        connection.client().sandbox().ifPresent(all::add);
        return all;
    }

    /** What is known without any credential. */
    public AuthContext context() {
        return context;
    }

    /** Whether the user name is the credential. */
    public boolean byToken() {
        return connection.route().loginName() == LoginName.TOKEN;
    }

    /** The judgement; the same path for known and unknown keys. */
    public Verdict judge(Presented presented) throws InterruptedException {
        if (!namesAgree) {
            return new Verdict.Refused(
                    RefusalCodes.AUTH_SANDBOX_MISMATCH,
                    "User name, listener and host name or path name different sandboxes");
        }
        Optional<AuthOffer> offer = offer(presented);
        if (offer.isPresent()) {
            for (NamedAuthenticator next : connection.route().authenticators()) {
                if (next.forms().contains(offer.get().form())) {
                    Optional<Verdict> verdict = ask(next, offer.get());
                    if (verdict.isPresent()) {
                        return verdict.get();
                    }
                }
            }
        }
        return new Verdict.Refused(RefusalCodes.AUTH_DENIED, "No authenticator knows the offer");
    }

    private Optional<AuthOffer> offer(Presented presented) {
        if (byToken()) {
            return token.map(secret -> new AuthOffer.Token(context, secret));
        }
        return switch (presented) {
            case Presented.Key(var key) -> Optional.of(new AuthOffer.PlainKey(context, key));
            case Presented.Certificate(var certificate) ->
                    Optional.of(new AuthOffer.Certificate(context, certificate));
            case Presented.Nothing() -> Optional.empty();
        };
    }

    private Optional<Verdict> ask(NamedAuthenticator authenticator, AuthOffer offer)
            throws InterruptedException {
        AuthDecision decision;
        try {
            decision = authenticator.authenticator().evaluate(offer);
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("connection.id", connection.id())
                    .addKeyValue("authenticator", authenticator.component())
                    .setCause(e)
                    .log("Authenticator failed; the offer is denied");
            return Optional.of(
                    new Verdict.Refused(
                            RefusalCodes.AUTH_UNAVAILABLE,
                            "Authenticator '" + authenticator.component() + "' failed"));
        }
        return switch (decision) {
            case Granted granted -> Optional.of(accept(authenticator, offer, granted));
            case AuthDecision.Denied(var code, String reason) ->
                    Optional.of(new Verdict.Refused(code, reason));
            case AuthDecision.Abstained() -> Optional.empty();
        };
    }

    /** An authenticator speaks for itself only. */
    private static Verdict accept(
            NamedAuthenticator authenticator, AuthOffer offer, Granted granted) {
        String component = authenticator.component();
        boolean own =
                granted.credential().authenticator().equals(component)
                        && granted.identities().stream()
                                .allMatch(it -> it.authenticator().equals(component));
        return own
                ? new Verdict.Accepted(authenticator, offer, granted)
                : new Verdict.Refused(
                        RefusalCodes.PLUGIN_FAILED,
                        "Authenticator '" + component + "' named an identity of another component");
    }

    /** Whether all names that are given are the same. */
    static boolean agree(List<Optional<String>> names) {
        return new HashSet<>(names.stream().flatMap(Optional::stream).toList()).size() <= 1;
    }

    /** The one name that was given, if any. */
    static Optional<String> first(Stream<Optional<String>> names) {
        return names.flatMap(Optional::stream).findFirst();
    }
}

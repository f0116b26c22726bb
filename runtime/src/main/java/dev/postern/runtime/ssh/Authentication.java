// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.runtime.auth.AuthChain;
import dev.postern.runtime.auth.Login;
import dev.postern.runtime.auth.LoginGate;
import dev.postern.runtime.auth.LoginResult;
import dev.postern.runtime.auth.Presented;
import dev.postern.runtime.auth.Proof;
import dev.postern.runtime.auth.Verdict;
import dev.postern.runtime.session.EngineMeters.Stage;
import dev.postern.runtime.session.LiveSet;
import dev.postern.runtime.session.PeerText;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authentication of one connection, as far as it is ours: who asks the chain when, what is counted, and what the client
 * is told. Runs on the connection's own virtual thread; not safe for use by several threads at once.
 */
final class Authentication {
    private static final Logger LOG = LoggerFactory.getLogger(Authentication.class);

    private final Connection connection;
    private final Consumer<String> banner;
    private final Set<String> bannersSent = new HashSet<>();

    private @Nullable AuthChain chain;
    private String loginName = "";
    private int failures;
    private String method = "none";
    private Presented presented = new Presented.Nothing();
    private Optional<Verdict.Accepted> accepted = Optional.empty();
    private Optional<RefusalCode> lastRefusal = Optional.empty();
    private LiveSet.@Nullable Watch watch;

    /**
     * An authentication that has not begun.
     *
     * @param banner sends a text to the client's user
     */
    Authentication(Connection connection, Consumer<String> banner) {
        this.connection = connection;
        this.banner = banner;
    }

    /** The client says its name; false if it said another one before. */
    boolean name(String name) {
        if (chain == null) {
            loginName = name;
            chain = new AuthChain(connection.info(), name);
            return true;
        }
        return loginName.equals(name);
    }

    /** What the client signs. */
    String loginName() {
        return loginName;
    }

    /** The user name for people. */
    String shownName() {
        return chain == null ? "" : PeerText.clean(chain.context().loginName());
    }

    boolean byToken() {
        return chain != null && chain.byToken();
    }

    /** What the request that is handled now presents. */
    void present(String newMethod, Presented what) {
        method = newMethod;
        presented = what;
        accepted = Optional.empty();
    }

    /**
     * Asks the chain.
     *
     * @param signed whether this is more than a question
     */
    boolean judge(boolean signed) throws InterruptedException {
        AuthChain asked = chain;
        if (asked == null) {
            return false;
        }
        if (signed) {
            stopWatching();
            watch = connection.engine().parts().live().watch();
        }
        long begin = System.nanoTime();
        Verdict verdict = asked.judge(presented);
        connection
                .engine()
                .parts()
                .meters()
                .stage(
                        Stage.AUTH,
                        connection.info().route().name(),
                        Duration.ofNanos(System.nanoTime() - begin));
        switch (verdict) {
            case Verdict.Accepted good -> accepted = Optional.of(good);
            case Verdict.Refused(RefusalCode code, String reason) -> {
                accepted = Optional.empty();
                lastRefusal = Optional.of(code);
                LOG.atDebug()
                        .addKeyValue("connection.id", connection.info().id())
                        .addKeyValue("code", code)
                        .log("Offer refused: {}", reason);
            }
        }
        return accepted.isPresent();
    }

    /** What was granted to the offer that is handled now. */
    Optional<Verdict.Accepted> accepted() {
        return accepted;
    }

    /** Possession is proven: goes through the gate. */
    Optional<Login> complete(Proof proof) throws InterruptedException {
        LiveSet.Watch watching = watch;
        if (accepted.isEmpty() || watching == null) {
            return Optional.empty();
        }
        EngineParts parts = connection.engine().parts();
        var gate = new LoginGate(connection.info(), parts.live(), parts.meters(), parts.clock());
        LoginResult result = gate.pass(accepted.get(), proof, watching, connection::enterLiveSet);
        stopWatching();
        switch (result) {
            case LoginResult.Admitted(Login login) -> {
                parts.meters()
                        .authAttempt(connection.info().route().name(), method, Optional.empty());
                return Optional.of(login);
            }
            case LoginResult.Refused(RefusalCode code, String reason, String text) -> {
                lastRefusal = Optional.of(code);
                audit(code, reason);
                if (bannersSent.add(text)) {
                    banner.accept(text + "\r\n");
                }
                return Optional.empty();
            }
        }
    }

    private void audit(RefusalCode code, String reason) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("route", connection.info().route().name());
        fields.put("listener", connection.info().listener().name());
        fields.put("login-name", shownName());
        fields.put("method", method);
        connection.info().client().address().ifPresent(it -> fields.put("client", it.toString()));
        accepted.ifPresent(
                it -> fields.put("identity", it.granted().identities().getFirst().toString()));
        fields.put("reason", reason);
        connection
                .engine()
                .parts()
                .audit()
                .event(
                        "login.refused",
                        Optional.of(connection.info().id()),
                        Optional.of(code),
                        fields);
        connection
                .engine()
                .parts()
                .meters()
                .authAttempt(connection.info().route().name(), method, Optional.of(code));
    }

    /** A request has failed; whether the client has used up its tries. As under sshd the first "none" is free. */
    boolean failed() {
        stopWatching();
        if (!method.equals("none")) {
            failures++;
        }
        return failures >= connection.ssh().maxAuthAttempts();
    }

    /** The connection ends; a login that never succeeded is noted, once. */
    void over(boolean succeeded) {
        stopWatching();
        if (!succeeded && failures > 0) {
            audit(
                    lastRefusal.orElse(RefusalCodes.AUTH_DENIED),
                    failures + " offers, none of them good");
        }
    }

    private void stopWatching() {
        LiveSet.Watch watching = watch;
        if (watching != null) {
            watching.close();
            watch = null;
        }
    }
}

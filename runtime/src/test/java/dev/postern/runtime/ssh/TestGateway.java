// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.auth.AuthDecision;
import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.auth.CredentialRef;
import dev.postern.api.auth.Granted;
import dev.postern.api.auth.Identity;
import dev.postern.api.auth.OfferForm;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.sandbox.Resolution;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.api.sandbox.SandboxResolver;
import dev.postern.api.sandbox.SandboxState;
import dev.postern.runtime.config.LimitSettings;
import dev.postern.runtime.config.LoginName;
import dev.postern.runtime.config.PolicySettings;
import dev.postern.runtime.config.SshSettings;
import dev.postern.runtime.session.EngineMeters;
import dev.postern.runtime.session.LiveSet;
import dev.postern.runtime.session.Route;
import dev.postern.runtime.ssh.HostKeys.HostKey;
import dev.postern.runtime.ssh.crypto.AlgorithmOffer;
import dev.postern.runtime.ssh.crypto.Algorithms;
import dev.postern.runtime.ssh.crypto.ChaChaAcceleration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.sshd.common.config.keys.KeyUtils;

/** An engine with one route, on a loopback port; its parts can be exchanged before it starts. */
final class TestGateway implements AutoCloseable {
    static final String SANDBOX = "devbox";

    static final SshSettings SETTINGS = settings(Duration.ofSeconds(60), 6);

    static final PolicySettings POLICY =
            new PolicySettings(
                    true,
                    true,
                    List.of("sftp"),
                    Optional.empty(),
                    List.of("127.0.0.1:*", "localhost:*"),
                    List.of("127.0.0.1:*", "localhost:*"),
                    true,
                    true,
                    List.of("LANG", "LC_*"),
                    Optional.empty(),
                    Optional.empty());

    SshSettings settings = SETTINGS;
    PolicySettings policy = POLICY;
    LimitSettings limits = new LimitSettings(10_000, 1000, 1000);
    LoginName loginName = LoginName.SANDBOX;
    Authenticator authenticator = TestGateway::grant;
    Set<OfferForm> forms = Set.of(OfferForm.PLAIN_KEY);
    SandboxResolver resolver =
            request ->
                    request.sandbox().filter(SANDBOX::equals).isPresent()
                            ? found(request.identities().getFirst(), SandboxState.RUNNING)
                            : new Resolution.NotFound();
    List<Route.NamedHook> hooks = List.of();
    final ProcessBackend processes = new ProcessBackend();
    SessionBackend backend = processes;
    final LiveSet live = new LiveSet();
    final List<Note> notes = new CopyOnWriteArrayList<>();
    final KeyPair hostKey = newKey();

    private Optional<SshEngine> engine = Optional.empty();
    private Optional<TcpListener> listener = Optional.empty();

    /** An audit event. */
    record Note(
            String type,
            Optional<String> connectionId,
            Optional<RefusalCode> code,
            Map<String, String> fields) {}

    static KeyPair newKey() {
        try {
            return KeyUtils.generateKeyPair("ssh-ed25519", 256);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static final Granted ALICE =
            new Granted(
                    List.of(new Identity("keys", "alice")),
                    new CredentialRef("keys", "1"),
                    Optional.empty(),
                    Optional.empty(),
                    Restrictions.NONE,
                    Optional.empty());

    /** Everybody is "alice". */
    static AuthDecision grant(AuthOffer offer) {
        return ALICE;
    }

    static SshSettings settings(Duration loginGrace, int maxAuthAttempts) {
        return new SshSettings(
                0,
                loginGrace,
                maxAuthAttempts,
                1000,
                50,
                Duration.ZERO,
                3,
                1L << 30,
                Duration.ofHours(1),
                2 << 20,
                64 << 20,
                Optional.empty(),
                "auto",
                Duration.ofSeconds(5));
    }

    static Resolution found(Identity actor, SandboxState state) {
        return new Resolution.Found(
                new SandboxRef("sandboxes", SANDBOX, "", "processes", Map.of()),
                actor,
                state,
                Optional.empty(),
                Restrictions.NONE,
                Optional.empty());
    }

    TestGateway start() {
        var parts =
                new EngineParts(
                        () -> settings,
                        () -> limits,
                        () ->
                                new HostKeys(
                                        List.of(new HostKey(hostKey, Optional.empty())), List.of()),
                        Algorithms.of(AlgorithmOffer.COMPATIBLE, ChaChaAcceleration.AUTO),
                        name -> route(),
                        (type, id, code, fields) -> notes.add(new Note(type, id, code, fields)),
                        EngineMeters.NONE,
                        live,
                        InstantSource.system());
        var made = new SshEngine(parts);
        engine = Optional.of(made);
        try {
            listener =
                    Optional.of(
                            made.listen(
                                    "ssh",
                                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                    "main",
                                    Optional.empty()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private Route route() {
        return new Route(
                "main",
                List.of(new Route.NamedAuthenticator("keys", forms, authenticator)),
                new Route.NamedResolver("sandboxes", resolver),
                hooks,
                Map.of("processes", backend),
                loginName,
                policy,
                Duration.ofSeconds(30));
    }

    int port() {
        return listener.orElseThrow().address().getPort();
    }

    SshEngine engine() {
        return engine.orElseThrow();
    }

    @Override
    public void close() {
        listener.ifPresent(TcpListener::close);
        engine.ifPresent(SshEngine::close);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.auth.AuthDecision;
import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.auth.Confirmation;
import dev.postern.api.auth.CredentialRef;
import dev.postern.api.auth.Granted;
import dev.postern.api.auth.OfferForm;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.event.Event;
import dev.postern.api.sandbox.Resolution;
import dev.postern.api.sandbox.SandboxState;
import dev.postern.runtime.config.LoginName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in, and what those are told who do not. */
@DisplayName("Authentication")
class AuthenticationIT {
    @TempDir Path directory;
    private final TestGateway gateway = new TestGateway();
    private final MinaClient client = new MinaClient();

    @AfterEach
    void stop() {
        client.close();
        gateway.close();
    }

    private static Granted granted(Restrictions restrictions, Optional<Instant> notAfter) {
        return new Granted(
                TestGateway.ALICE.identities(),
                TestGateway.ALICE.credential(),
                Optional.empty(),
                Optional.empty(),
                restrictions,
                notAfter);
    }

    private static Authenticator only(Path publicKey, Granted granted) {
        String line = read(publicKey);
        return offer ->
                offer instanceof AuthOffer.PlainKey(var context, var key)
                                && line.startsWith(key.line())
                        ? granted
                        : AuthDecision.ABSTAINED;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private OpenSsh.Result ssh(List<String> options, String... words) throws Exception {
        return new OpenSsh(gateway, directory).run(new byte[0], options, words);
    }

    @Test
    @DisplayName("the second of three keys opens the sandbox")
    void secondKey() throws Exception {
        Path second = OpenSsh.newKey(directory, "second");
        OpenSsh.newKey(directory, "third");
        gateway.authenticator =
                only(directory.resolve("second.pub"), granted(Restrictions.NONE, Optional.empty()));
        gateway.start();
        OpenSsh.Result result =
                ssh(
                        List.of(
                                "-i",
                                second.toString(),
                                "-i",
                                directory.resolve("third").toString()),
                        "echo in");
        assertThat(result.text()).isEqualTo("in\n");
    }

    @Test
    @DisplayName("a key whose sandbox is refused leaves the next key its chance, and says why once")
    void refusedThenNext() throws Exception {
        Path second = OpenSsh.newKey(directory, "second");
        var asked = new AtomicInteger();
        gateway.resolver =
                request ->
                        asked.getAndIncrement() == 0
                                ? new Resolution.Forbidden("not yours")
                                : TestGateway.found(
                                        request.identities().getFirst(), SandboxState.RUNNING);
        gateway.start();
        OpenSsh.Result result =
                ssh(List.of("-i", second.toString(), "-o", "LogLevel=INFO"), "echo in");
        assertThat(result.text()).isEqualTo("in\n");
        assertThat(result.err()).contains("sandbox.not-available").doesNotContain("not yours");
    }

    @Test
    @DisplayName("an unknown sandbox and a forbidden one look the same")
    void unknownAndForbidden() throws Exception {
        gateway.resolver =
                request ->
                        request.connectionId().isEmpty()
                                ? new Resolution.NotFound()
                                : new Resolution.Forbidden("secret");
        gateway.start();
        String forbidden = ssh(List.of("-o", "LogLevel=INFO"), "true").err();
        gateway.close();
        try (var other = new TestGateway()) {
            other.resolver = request -> new Resolution.NotFound();
            other.start();
            Files.delete(directory.resolve("id"));
            Files.delete(directory.resolve("id.pub"));
            String unknown =
                    new OpenSsh(other, directory)
                            .run(new byte[0], List.of("-o", "LogLevel=INFO"), "true")
                            .err();
            assertThat(normal(unknown)).isEqualTo(normal(forbidden));
        }
    }

    private static String normal(String text) {
        return text.replaceAll("connection [a-z0-9]+", "connection X")
                .replaceAll("port \\d+|:\\d+", "port N");
    }

    @Test
    @DisplayName("a known public key without its private key is refused, and wakes nothing")
    void withoutPrivateKey() throws Exception {
        KeyPair known = TestGateway.newKey();
        KeyPair other = TestGateway.newKey();
        var resolved = new AtomicInteger();
        gateway.resolver =
                request -> {
                    resolved.incrementAndGet();
                    return new Resolution.NotFound();
                };
        gateway.start();
        assertThatThrownBy(() ->
                        client.login(gateway, new KeyPair(known.getPublic(), other.getPrivate())))
                .isInstanceOf(SshException.class);
        assertThat(resolved).hasValue(0);
        assertThat(gateway.processes.connects).isEmpty();
        assertThat(gateway.live.list()).isEmpty();
    }

    @Test
    @DisplayName("a changed user name ends the connection")
    void changedName() throws Exception {
        gateway.authenticator = offer -> AuthDecision.ABSTAINED;
        gateway.start();
        try (ClientSession session = client.connect(gateway, "devbox")) {
            session.addPublicKeyIdentity(TestGateway.newKey());
            assertThatThrownBy(() -> session.auth().verify(MinaClient.PATIENCE))
                    .isInstanceOf(SshException.class);
            Buffer request = session.createBuffer((byte) 50);
            request.putString("another");
            request.putString("ssh-connection");
            request.putString("none");
            var reason = new CountDownLatch(1);
            session.addCloseFutureListener(closed -> reason.countDown());
            session.writePacket(request);
            assertThat(reason.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @DisplayName("an authenticator that throws denies the offer, and the next key may be tried")
    void throwing() throws Exception {
        Path second = OpenSsh.newKey(directory, "second");
        String good = Files.readString(directory.resolve("second.pub"));
        gateway.authenticator =
                offer -> {
                    if (offer instanceof AuthOffer.PlainKey(var context, var key)
                            && good.startsWith(key.line())) {
                        return TestGateway.grant(offer);
                    }
                    throw new IllegalStateException("database down");
                };
        gateway.start();
        assertThat(ssh(List.of("-i", second.toString()), "echo in").text()).isEqualTo("in\n");
        assertThat(ssh2("true").status()).isEqualTo(255);
    }

    private OpenSsh.Result ssh2(String word) throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        return new OpenSsh(gateway, other).run(word);
    }

    @Test
    @DisplayName("ended, unknown and misplaced credentials are refused with their codes")
    void codes() throws Exception {
        gateway.start();
        KeyPair key = TestGateway.newKey();
        expectRefusal(
                key,
                granted(Restrictions.NONE, Optional.of(Instant.now().minusSeconds(1))),
                "auth.expired");
        expectRefusal(
                key,
                granted(
                        Restrictions.NONE.withSourceAddresses(List.of("10.0.0.0/8")),
                        Optional.empty()),
                "auth.source-address");
        expectRefusal(
                key,
                new Granted(
                        granted(Restrictions.NONE, Optional.empty()).identities(),
                        new CredentialRef("keys", "1"),
                        Optional.of("otherbox"),
                        Optional.empty(),
                        Restrictions.NONE,
                        Optional.empty()),
                "auth.sandbox-mismatch");
        gateway.authenticator =
                offer ->
                        granted(
                                Restrictions.NONE.withSourceAddresses(
                                        List.of("127.0.0.0/8", "::1/128")),
                                Optional.empty());
        client.login(gateway, key).close();
    }

    private void expectRefusal(KeyPair key, Granted granted, String code) {
        gateway.authenticator = offer -> granted;
        gateway.notes.clear();
        assertThatThrownBy(() -> client.login(gateway, key)).isInstanceOf(SshException.class);
        Eventually.holds(() ->
                assertThat(gateway.notes)
                        .filteredOn(note -> note.type().equals("login.refused"))
                        .anySatisfy(note ->
                                assertThat(note.code().orElseThrow().value()).isEqualTo(code)));
    }

    @Test
    @DisplayName("thirty logins through an authenticator that takes two seconds finish together")
    void slowAuthenticator() throws Exception {
        gateway.start();
        try (ClientSession open = client.login(gateway, TestGateway.newKey())) {
            gateway.authenticator =
                    offer -> {
                        Thread.sleep(1000);
                        return TestGateway.grant(offer);
                    };
            long begin = System.nanoTime();
            List<Future<?>> logins = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(30)) {
                for (int i = 0; i < 30; i++) {
                    logins.add(
                            threads.submit(() -> {
                                client.login(gateway, TestGateway.newKey()).close();
                                return null;
                            }));
                }
                // Two questions of a second each: meanwhile others are served
                assertThat(MinaClient.run(open, "echo alive").out()).isEqualTo("alive\n");
                for (Future<?> login : logins) {
                    login.get();
                }
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(20));
        }
    }

    @Test
    @DisplayName("a token in the user name needs no key, and never shows")
    void token() throws Exception {
        List<AuthOffer> offers = new CopyOnWriteArrayList<>();
        gateway.loginName = LoginName.TOKEN;
        gateway.forms = Set.of(OfferForm.TOKEN);
        gateway.resolver =
                request -> TestGateway.found(request.identities().getFirst(), SandboxState.RUNNING);
        gateway.authenticator =
                offer -> {
                    offers.add(offer);
                    return offer instanceof AuthOffer.Token(var context, var token)
                                    && token.reveal().equals("s3cret")
                            ? TestGateway.grant(offer)
                            : AuthDecision.ABSTAINED;
                };
        gateway.start();
        try (ClientSession session = client.connect(gateway, "s3cret")) {
            session.auth().verify(MinaClient.PATIENCE);
            assertThat(MinaClient.run(session, "echo in").out()).isEqualTo("in\n");
        }
        try (ClientSession session = client.connect(gateway, "wrong")) {
            session.addPublicKeyIdentity(TestGateway.newKey());
            assertThatThrownBy(() -> session.auth().verify(MinaClient.PATIENCE))
                    .isInstanceOf(SshException.class);
        }
        Eventually.holds(() ->
                assertThat(gateway.notes)
                        .extracting(TestGateway.Note::type)
                        .contains("connection.closed"));
        assertThat(gateway.notes.toString()).doesNotContain("s3cret");
        assertThat(offers.toString()).doesNotContain("s3cret");
    }

    @Test
    @DisplayName("what is revoked while it logs in does not get in")
    void revokedMeanwhile() throws Exception {
        gateway.resolver =
                request -> {
                    gateway.live.on(new Event.CredentialRevoked(new CredentialRef("keys", "1")));
                    return TestGateway.found(request.identities().getFirst(), SandboxState.RUNNING);
                };
        gateway.start();
        assertThatThrownBy(() -> client.login(gateway, TestGateway.newKey()))
                .isInstanceOf(SshException.class);
        assertThat(gateway.live.list()).isEmpty();
    }

    @Test
    @DisplayName("a confirmation that is refused or fails lets nobody in")
    void notConfirmed() throws Exception {
        var fail = new AtomicInteger();
        gateway.authenticator =
                new Authenticator() {
                    @Override
                    public AuthDecision evaluate(AuthOffer offer) {
                        return TestGateway.grant(offer);
                    }

                    @Override
                    public Confirmation confirm(AuthOffer offer, Granted granted) {
                        if (fail.getAndIncrement() == 0) {
                            throw new IllegalStateException("COMMIT lost");
                        }
                        return new Confirmation.Refused(RefusalCodes.AUTH_REVOKED, "used");
                    }
                };
        gateway.start();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> client.login(gateway, TestGateway.newKey()))
                    .isInstanceOf(SshException.class);
        }
        assertThat(fail).hasValue(2);
        assertThat(gateway.live.list()).isEmpty();
    }

    @Test
    @DisplayName("the connection service cannot be asked for before authentication")
    void serviceBeforeAuthentication() throws Exception {
        gateway.start();
        try (ClientSession session = client.connect(gateway, "devbox")) {
            session.waitFor(
                    EnumSet.of(ClientSession.ClientSessionEvent.WAIT_AUTH), MinaClient.PATIENCE);
            Buffer request = session.createBuffer((byte) 5);
            request.putString("ssh-connection");
            session.writePacket(request);
            assertThat(
                            session.waitFor(
                                    EnumSet.of(ClientSession.ClientSessionEvent.CLOSED),
                                    MinaClient.PATIENCE))
                    .contains(ClientSession.ClientSessionEvent.CLOSED);
        }
    }

    @Test
    @DisplayName("a silent client is told to go when its time is over")
    void loginGrace() throws Exception {
        gateway.settings = TestGateway.settings(Duration.ofMillis(500), 6);
        gateway.start();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout(20_000);
            byte[] said = socket.getInputStream().readAllBytes();
            assertThat(new String(said, StandardCharsets.ISO_8859_1)).contains("Postern");
        }
        Eventually.holds(() -> assertThat(gateway.engine().connections()).isZero());
    }

    @Test
    @DisplayName("tries are counted")
    void tooManyTries() throws Exception {
        gateway.settings = TestGateway.settings(Duration.ofSeconds(60), 3);
        gateway.authenticator = offer -> AuthDecision.ABSTAINED;
        gateway.start();
        KeyPair[] keys = new KeyPair[5];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = TestGateway.newKey();
        }
        assertThatThrownBy(() -> client.login(gateway, keys))
                .isInstanceOf(SshException.class)
                .hasMessageContaining("Too many");
    }
}

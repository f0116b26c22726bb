// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.kex.DHGClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.server.SshServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The offer on the wire, against the SSH engine's own algorithms on the other side. */
@DisplayName("A server with our algorithms")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AlgorithmsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private final SshServer compatible = SshServer.setUpDefaultServer();
    private final SshServer strict = SshServer.setUpDefaultServer();
    private final KeyPair key = keyPair();

    @BeforeAll
    void start() throws IOException {
        start(compatible, Algorithms.of(AlgorithmOffer.COMPATIBLE, ChaChaAcceleration.AUTO));
        start(strict, Algorithms.of(AlgorithmOffer.STRICT, ChaChaAcceleration.JAVA));
    }

    private void start(SshServer server, Algorithms algorithms) throws IOException {
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(key));
        server.setPublickeyAuthenticator((user, offered, session) -> true);
        server.setCommandFactory((channel, command) -> new EchoCommand());
        algorithms.applyToServer(server);
        server.start();
    }

    @AfterAll
    void stop() throws IOException {
        compatible.stop(true);
        strict.stop(true);
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @CsvSource({
        "mlkem768x25519-sha256, chacha20-poly1305@openssh.com, hmac-sha2-256",
        "sntrup761x25519-sha512, chacha20-poly1305@openssh.com, hmac-sha2-256",
        "sntrup761x25519-sha512@openssh.com, aes256-gcm@openssh.com, hmac-sha2-256",
        "curve25519-sha256, aes128-gcm@openssh.com, hmac-sha2-256",
        "curve25519-sha256@libssh.org, aes256-ctr, hmac-sha2-256-etm@openssh.com",
        "curve25519-sha256, aes192-ctr, hmac-sha2-512-etm@openssh.com",
        "curve25519-sha256, aes128-ctr, hmac-sha2-256",
        "mlkem768x25519-sha256, aes128-ctr, hmac-sha2-512"
    })
    @DisplayName("carries bytes unchanged, also after new keys")
    void carriesBytes(String exchange, String cipher, String mac) throws Exception {
        byte[] data = new byte[3_000_000];
        new Random(1).nextBytes(data);
        try (SshClient client = client(exchange, cipher, mac);
                ClientSession session = login(client, compatible)) {
            assertThat(echo(session, data)).isEqualTo(data);
            session.reExchangeKeys().verify(PATIENCE);
            assertThat(echo(session, data)).isEqualTo(data);
        }
    }

    @Test
    @DisplayName("talks to a client with our algorithms")
    void withItself() throws Exception {
        byte[] data = new byte[1_000_000];
        new Random(2).nextBytes(data);
        try (SshClient client = SshClient.setUpDefaultClient()) {
            Algorithms.of(AlgorithmOffer.STRICT, ChaChaAcceleration.JAVA).applyToClient(client);
            client.setServerKeyVerifier((session, address, offered) -> true);
            client.addPublicKeyIdentity(key);
            client.start();
            try (ClientSession session = login(client, strict)) {
                assertThat(session.getNegotiatedKexParameter(KexProposalOption.ALGORITHMS))
                        .isEqualTo("mlkem768x25519-sha256");
                assertThat(echo(session, data)).isEqualTo(data);
            }
        }
    }

    @Test
    @DisplayName("that is strict refuses a client without a post-quantum key exchange")
    void strictRefuses() throws Exception {
        try (SshClient client =
                client("curve25519-sha256", "aes128-gcm@openssh.com", "hmac-sha2-256")) {
            assertThatThrownBy(() -> login(client, strict).close())
                    .isInstanceOf(SshException.class)
                    .hasMessageContaining("Unable to negotiate key exchange");
        }
    }

    private SshClient client(String exchange, String cipher, String mac) {
        SshClient client = SshClient.setUpDefaultClient();
        client.setKeyExchangeFactories(
                List.of(DHGClient.newFactory(BuiltinDHFactories.fromFactoryName(exchange))));
        client.setCipherFactories(List.of(BuiltinCiphers.fromFactoryName(cipher)));
        client.setMacFactories(List.of(BuiltinMacs.fromFactoryName(mac)));
        client.setServerKeyVerifier((session, address, offered) -> true);
        client.addPublicKeyIdentity(key);
        client.start();
        return client;
    }

    private static ClientSession login(SshClient client, SshServer server) throws IOException {
        ClientSession session =
                client.connect("user", "127.0.0.1", server.getPort()).verify(PATIENCE).getSession();
        session.auth().verify(PATIENCE);
        return session;
    }

    private static byte[] echo(ClientSession session, byte[] data) throws IOException {
        try (ChannelExec channel = session.createExecChannel("echo")) {
            channel.open().verify(PATIENCE);
            OutputStream to = channel.getInvertedIn();
            Thread.ofVirtual().start(() -> send(to, data));
            return channel.getInvertedOut().readNBytes(data.length);
        }
    }

    private static void send(OutputStream to, byte[] data) {
        try (to) {
            to.write(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KeyPair keyPair() {
        try {
            return KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}

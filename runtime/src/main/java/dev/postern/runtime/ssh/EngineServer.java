// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.runtime.config.SshSettings;
import dev.postern.runtime.ssh.crypto.Algorithms;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.sshd.common.PropertyResolver;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.kex.extension.DefaultServerKexExtensionHandler;
import org.apache.sshd.common.keyprovider.HostKeyCertificateProvider;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.SshServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's settings and factories. Every property that has an influence here is set, so that neither a default of the
 * engine nor a system property decides anything. Its acceptor is never started: connections come from our own carriers.
 */
final class EngineServer {
    /**
     * What clients see. Begins with "OpenSSH" because OpenSSH's client says only to such servers that it takes no more
     * output (eow@openssh.com): without that, {@code ssh host yes | head -1} never ends. Names no version of OpenSSH.
     */
    private static final String IDENTIFICATION = "OpenSSH_Postern_0.1";

    private static final int LONGEST_IDENTIFICATION = 8 << 10;

    /** More than the rekey limit in bytes can ever be. */
    private static final long PACKETS_BEFORE_REKEY = 1L << 31;

    private static final Logger LOG = LoggerFactory.getLogger(EngineServer.class);

    private EngineServer() {}

    static ServerFactoryManager create(Algorithms algorithms) {
        SshServer server = ServerBuilder.builder().build();
        server.setParentPropertyResolver(PropertyResolver.EMPTY);
        algorithms.applyToServer(server);
        server.setServiceFactories(List.of(new AuthService.Factory(), new MuxFactory()));
        server.setUserAuthFactories(List.of(new KeyAuth.Factory()));
        server.setKexExtensionHandler(new Extensions());
        server.setPasswordAuthenticator(null);
        server.setKeyboardInteractiveAuthenticator(null);
        server.setPublickeyAuthenticator(null);
        server.setChannelFactories(List.of());
        server.setGlobalRequestHandlers(List.of());
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, IDENTIFICATION);
        CoreModuleProperties.MAX_IDENTIFICATION_SIZE.set(server, LONGEST_IDENTIFICATION);
        // Time-outs, counts and keep-alives are ours
        CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.AUTH_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(server, Duration.ZERO);
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, Integer.MAX_VALUE);
        CoreModuleProperties.AUTH_METHODS.set(server, "publickey");
        CoreModuleProperties.IGNORE_MESSAGE_SIZE.set(server, 0);
        CoreModuleProperties.REKEY_PACKETS_LIMIT.set(server, PACKETS_BEFORE_REKEY);
        CoreModuleProperties.REKEY_BLOCKS_LIMIT.set(server, 0L);
        CoreModuleProperties.DISCONNECT_TIMEOUT.set(server, Duration.ofSeconds(2));
        return server;
    }

    /** What may differ from connection to connection. */
    static void configure(GatewaySession session, SshSettings settings, HostKeys keys) {
        CoreModuleProperties.REKEY_BYTES_LIMIT.set(session, settings.rekeyBytes());
        CoreModuleProperties.REKEY_TIME_LIMIT.set(session, settings.rekeyInterval());
        session.refreshSettings();
        session.setKeyPairProvider(
                KeyPairProvider.wrap(
                        keys.serving().stream()
                                .map(HostKeys.HostKey::pair)
                                .toArray(KeyPair[]::new)));
        List<OpenSshCertificate> certificates =
                keys.serving().stream()
                        .flatMap(key -> key.certificate().stream())
                        .flatMap(certificate -> parse(certificate.blob().toArray()).stream())
                        .toList();
        if (!certificates.isEmpty()) {
            session.setHostKeyCertificateProvider(new Certificates(certificates));
        }
    }

    private static Optional<OpenSshCertificate> parse(byte[] blob) {
        try {
            return new ByteArrayBuffer(blob).getRawPublicKey()
                            instanceof OpenSshCertificate certificate
                    ? Optional.of(certificate)
                    : Optional.empty();
        } catch (SshException e) {
            LOG.atWarn().setCause(e).log("A host certificate cannot be read");
            return Optional.empty();
        }
    }

    private record Certificates(List<OpenSshCertificate> all)
            implements HostKeyCertificateProvider {
        @Override
        public Iterable<OpenSshCertificate> loadCertificates(SessionContext session) {
            return all;
        }

        @Override
        public @Nullable OpenSshCertificate loadCertificate(SessionContext session, String type) {
            return all.stream()
                    .filter(certificate -> certificate.getKeyType().equals(type))
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Signature algorithms for users, and that we answer pings (RFC 8308; OpenSSH's PROTOCOL, section 1.8). */
    private static final class Extensions extends DefaultServerKexExtensionHandler {
        private static final String PING = "ping@openssh.com";

        @Override
        public void collectExtensions(
                Session session, KexPhase phase, BiConsumer<String, Object> marshaller) {
            super.collectExtensions(session, phase, marshaller);
            if (phase == KexPhase.NEWKEYS) {
                // The engine writes names of those extensions only for which it has a parser
                var ping = new ByteArrayBuffer();
                ping.putString(PING);
                ping.putString("0");
                marshaller.accept(PING, ping);
            }
        }
    }

    private static final class MuxFactory implements ServiceFactory {
        @Override
        public String getName() {
            return "ssh-connection";
        }

        @Override
        public ChannelMux create(Session session) {
            return new ChannelMux((GatewaySession) session);
        }
    }
}

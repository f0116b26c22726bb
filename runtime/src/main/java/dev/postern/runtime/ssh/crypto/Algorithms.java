// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import java.util.List;
import java.util.stream.Stream;
import org.apache.sshd.client.kex.DHGClient;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.helpers.AbstractFactoryManager;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.server.kex.DHGServer;

/**
 * The algorithms that the gateway offers, as a server and as a client of an upstream sshd, in order of preference.
 *
 * <p>No SHA-1, no CBC, no ssh-rsa, no key exchange on a NIST curve, no finite-field Diffie-Hellman (whose cost to the
 * server is a weapon: CVE-2002-20001). The client's order decides between what both sides have.
 *
 * <p>Objects are immutable and safe for use by any thread.
 */
public final class Algorithms {
    private final AlgorithmOffer offer;
    private final ChaCha20Poly1305Factory chacha;

    private Algorithms(AlgorithmOffer offer, ChaCha20Poly1305Factory chacha) {
        this.offer = offer;
        this.chacha = chacha;
    }

    /**
     * Chooses the offer. Blocks for some milliseconds at the first call, when libcrypto is loaded and tested.
     *
     * @throws IllegalStateException if {@link ChaChaAcceleration#LIBCRYPTO} was asked for and cannot be used; the message
     *     says why
     */
    public static Algorithms of(AlgorithmOffer offer, ChaChaAcceleration acceleration) {
        return new Algorithms(offer, ChaCha20Poly1305Factory.create(acceleration));
    }

    /** What encrypts chacha20-poly1305: "java", or "libcrypto" with the library's version; for the start-up log. */
    public String chachaEngine() {
        return chacha.engineName();
    }

    /** Sets a server up; its host keys decide which of the {@link #signatures} it offers for itself. */
    public void applyToServer(AbstractFactoryManager server) {
        server.setKeyExchangeFactories(serverKeyExchanges());
        apply(server);
    }

    /** Sets up a client, such as one that reaches an sshd inside a sandbox. */
    public void applyToClient(AbstractFactoryManager client) {
        client.setKeyExchangeFactories(clientKeyExchanges());
        apply(client);
    }

    private void apply(AbstractFactoryManager manager) {
        manager.setCipherFactories(ciphers());
        manager.setMacFactories(macs());
        manager.setSignatureFactories(signatures());
        // As OpenSSH: nothing that has not logged in gets at the decompressor
        manager.setCompressionFactories(
                List.of(BuiltinCompressions.none, BuiltinCompressions.delayedZlib));
    }

    /** Key exchanges of a server. */
    public List<KeyExchangeFactory> serverKeyExchanges() {
        return keyExchanges().stream().map(DHGServer::newFactory).toList();
    }

    /** Key exchanges of a client. */
    public List<KeyExchangeFactory> clientKeyExchanges() {
        return keyExchanges().stream().map(DHGClient::newFactory).toList();
    }

    /** Key exchanges, of a server and of a client alike. */
    public List<DHFactory> keyExchanges() {
        List<DHFactory> hybrids = HybridKeyExchange.all();
        if (offer == AlgorithmOffer.STRICT) {
            return hybrids;
        }
        return Stream.concat(
                        hybrids.stream(),
                        Stream.of(
                                BuiltinDHFactories.curve25519,
                                BuiltinDHFactories.curve25519_libssh))
                .toList();
    }

    /** Ciphers of either direction. */
    public List<NamedFactory<Cipher>> ciphers() {
        return List.of(
                chacha,
                BuiltinCiphers.aes256gcm,
                BuiltinCiphers.aes128gcm,
                BuiltinCiphers.aes256ctr,
                BuiltinCiphers.aes192ctr,
                BuiltinCiphers.aes128ctr);
    }

    /** Authentication codes for the ciphers that need one. */
    public List<NamedFactory<Mac>> macs() {
        return offer == AlgorithmOffer.STRICT
                ? List.of(BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm)
                : List.of(
                        BuiltinMacs.hmacsha256etm,
                        BuiltinMacs.hmacsha512etm,
                        BuiltinMacs.hmacsha256,
                        BuiltinMacs.hmacsha512);
    }

    /**
     * Signatures: those that a user may log in with, which the server announces as server-sig-algs, and, where there is a
     * host key for it, those it proves itself with.
     */
    public List<NamedFactory<Signature>> signatures() {
        return Stream.concat(signaturesOfTheEngine(), SecurityKeyCertificates.signatures().stream())
                .toList();
    }

    private static Stream<NamedFactory<Signature>> signaturesOfTheEngine() {
        return Stream.of(
                BuiltinSignatures.ed25519,
                BuiltinSignatures.ed25519_cert,
                BuiltinSignatures.sk_ssh_ed25519,
                BuiltinSignatures.nistp256,
                BuiltinSignatures.nistp256_cert,
                BuiltinSignatures.nistp384,
                BuiltinSignatures.nistp384_cert,
                BuiltinSignatures.nistp521,
                BuiltinSignatures.nistp521_cert,
                BuiltinSignatures.sk_ecdsa_sha2_nistp256,
                BuiltinSignatures.rsaSHA512,
                BuiltinSignatures.rsaSHA512_cert,
                BuiltinSignatures.rsaSHA256,
                BuiltinSignatures.rsaSHA256_cert);
    }
}

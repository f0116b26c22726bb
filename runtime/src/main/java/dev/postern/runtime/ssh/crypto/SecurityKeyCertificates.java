// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.OpenSshCertificateImpl;
import org.apache.sshd.common.config.keys.u2f.SkED25519PublicKey;
import org.apache.sshd.common.config.keys.u2f.SkEcdsaPublicKey;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.buffer.keys.BufferPublicKeyParser;

/**
 * Certificates over FIDO keys, sk-ssh-ed25519-cert-v01@openssh.com and sk-ecdsa-sha2-nistp256-cert-v01@openssh.com
 * (OpenSSH's PROTOCOL.u2f), which the SSH engine does not know.
 *
 * <p>Its table of key types is closed, but all that it reads of a login comes from one buffer; so {@link #reading} gives it
 * a buffer that knows two types more.
 */
public final class SecurityKeyCertificates {
    private static final String VERIFY_REQUIRED = "verify-required";

    /** The plain key type inside each certificate type. */
    private static final Map<String, String> PLAIN_TYPES =
            Map.of(
                    "sk-ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com",
                    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
                            "sk-ecdsa-sha2-nistp256@openssh.com");

    private static final BufferPublicKeyParser<PublicKey> PARSER =
            BufferPublicKeyParser.aggregate(
                    List.of(new CertificateParser(), BufferPublicKeyParser.DEFAULT));

    private SecurityKeyCertificates() {}

    /**
     * Reads one public key in wire form, of any type that the engine knows or that is added here.
     *
     * @throws SshException if the type is unknown or the bytes are not a key of it
     */
    public static PublicKey parse(byte[] blob) throws SshException {
        return new ByteArrayBuffer(blob).getRawPublicKey(PARSER);
    }

    /**
     * The unread part of {@code buffer}, over the same bytes, as a buffer that reads these certificates too. For
     * {@code UserAuthPublicKey.doAuth}; reading does not move {@code buffer}.
     */
    public static Buffer reading(Buffer buffer) {
        return new KeyBuffer(buffer.array(), buffer.rpos(), buffer.available());
    }

    /** Verifiers for the two types; the signature is one of the plain type, with flags and counter. */
    static List<NamedFactory<Signature>> signatures() {
        return List.of(
                new CertificateSignature(
                        "sk-ssh-ed25519-cert-v01@openssh.com", BuiltinSignatures.sk_ssh_ed25519),
                new CertificateSignature(
                        "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
                        BuiltinSignatures.sk_ecdsa_sha2_nistp256));
    }

    private record CertificateSignature(String name, BuiltinSignatures plain)
            implements NamedFactory<Signature> {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public Signature create() {
            return plain.create();
        }
    }

    private static final class KeyBuffer extends ByteArrayBuffer {
        KeyBuffer(byte[] data, int offset, int length) {
            super(data, offset, length, true);
        }

        @Override
        public PublicKey getRawPublicKey() throws SshException {
            return getRawPublicKey(PARSER);
        }
    }

    private static final class Certificate extends OpenSshCertificateImpl {
        private static final long serialVersionUID = 1;

        /** The engine's rule, to cut at "-cert", would lose the "@openssh.com" that these plain types have. */
        @Override
        public String getRawKeyType() {
            return PLAIN_TYPES.getOrDefault(getKeyType(), "");
        }
    }

    private static final class CertificateParser
            implements BufferPublicKeyParser<OpenSshCertificate> {
        @Override
        public boolean isKeyTypeSupported(String keyType) {
            return PLAIN_TYPES.containsKey(keyType);
        }

        @Override
        public OpenSshCertificate getRawPublicKey(String keyType, Buffer buffer)
                throws GeneralSecurityException {
            int start = buffer.rpos();
            Certificate certificate = new Certificate();
            certificate.setKeyType(keyType);
            certificate.setNonce(buffer.getBytes());
            PublicKey key = DEFAULT.getRawPublicKey(certificate.getRawKeyType(), buffer);
            certificate.setSerial(buffer.getLong());
            certificate.setType(OpenSshCertificate.Type.fromCode(buffer.getInt()));
            certificate.setId(buffer.getString());
            certificate.setPrincipals(new ByteArrayBuffer(buffer.getBytes()).getStringList(false));
            certificate.setValidAfter(buffer.getLong());
            certificate.setValidBefore(buffer.getLong());
            certificate.setCriticalOptions(buffer.getCertificateOptions());
            certificate.setExtensions(buffer.getCertificateOptions());
            String reserved = buffer.getString();
            certificate.setReserved(reserved.isEmpty() ? null : reserved);
            try {
                certificate.setCaPubKey(buffer.getPublicKey(DEFAULT));
            } catch (SshException e) {
                throw new InvalidKeyException("CA key of a " + keyType + " cannot be read", e);
            }
            certificate.setMessage(signedPart(keyType, buffer, start));
            certificate.setSignature(buffer.getBytes());
            if (buffer.available() > 0) {
                throw new InvalidKeyException(
                        "A " + keyType + " is followed by " + buffer.available() + " bytes");
            }
            boolean verify = certificate.getCriticalOptionsMap().containsKey(VERIFY_REQUIRED);
            certificate.setCertPubKey(withVerification(key, verify));
            return certificate;
        }

        private static byte[] signedPart(String keyType, Buffer buffer, int start) {
            ByteArrayBuffer message = new ByteArrayBuffer();
            message.putString(keyType);
            message.putRawBytes(buffer.getBytesConsumed(start));
            return message.getCompactData();
        }

        /** With the critical option verify-required a signature counts only if its flags say that the user was verified. */
        private static PublicKey withVerification(PublicKey key, boolean verify)
                throws InvalidKeyException {
            return switch (key) {
                case SkED25519PublicKey ed25519 ->
                        new SkED25519PublicKey(
                                ed25519.getAppName(),
                                false,
                                verify,
                                ed25519.getDelegatePublicKey());
                case SkEcdsaPublicKey ecdsa ->
                        new SkEcdsaPublicKey(
                                ecdsa.getAppName(), false, verify, ecdsa.getDelegatePublicKey());
                default ->
                        throw new InvalidKeyException(
                                "A " + key.getAlgorithm() + " is not a security key");
            };
        }
    }
}

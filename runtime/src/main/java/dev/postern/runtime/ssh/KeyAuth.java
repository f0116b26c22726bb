// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.key.SshPublicKey;
import dev.postern.api.value.Bytes;
import dev.postern.runtime.auth.Login;
import dev.postern.runtime.auth.Presented;
import dev.postern.runtime.auth.Proof;
import java.security.PublicKey;
import java.security.SignatureException;
import java.util.Optional;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.u2f.SecurityKeyPublicKey;
import org.apache.sshd.common.config.keys.u2f.SkED25519PublicKey;
import org.apache.sshd.common.config.keys.u2f.SkEcdsaPublicKey;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.session.ServerSession;

/**
 * The method "publickey" (RFC 4252 section 7). The engine reads the request, verifies the certificate's and the client's
 * signature, and answers questions; only when it has verified the client's signature do we go on to {@link
 * Authentication#complete}. Everything is answered synchronously.
 */
final class KeyAuth extends UserAuthPublicKey {
    private static final int USER_PRESENT = 1;
    private static final int USER_VERIFIED = 4;

    /** Makes the method for a session. */
    static final class Factory extends UserAuthPublicKeyFactory {
        @Override
        public UserAuthPublicKey createUserAuth(ServerSession session) {
            return new KeyAuth();
        }
    }

    /** What the engine asks between reading and verifying. */
    static boolean judge(ServerSession session, boolean signed) {
        try {
            return authentication(session).judge(signed);
        } catch (InterruptedException e) {
            // The client has gone or its time is over: the connection is closing
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Authentication authentication(ServerSession session) {
        return ((GatewaySession) session).connection().authentication();
    }

    @Override
    public Boolean doAuth(Buffer buffer, boolean initial) throws Exception {
        Authentication authentication = authentication(getServerSession());
        int start = buffer.rpos();
        boolean signed = buffer.getBoolean();
        String algorithm = buffer.getString();
        byte[] blob = buffer.getBytes();
        byte[] signature = signed ? buffer.getBytes() : new byte[0];
        buffer.rpos(start);
        String type = new ByteArrayBuffer(blob).getString();
        if (!fits(algorithm, type)) {
            authentication.present("publickey", new Presented.Nothing());
            throw new SignatureException("The signature's algorithm does not fit the key");
        }
        if (CertificateBlob.isCertificate(type)) {
            authentication.present(
                    "certificate", new Presented.Certificate(CertificateBlob.parse(blob)));
        } else {
            authentication.present(
                    "publickey", new Presented.Key(new SshPublicKey(type, Bytes.of(blob))));
        }
        ((GatewaySession) getServerSession())
                .setPublickeyAuthenticator((name, key, session) -> judge(session, signed));
        Boolean result = super.doAuth(buffer, initial);
        if (!Boolean.TRUE.equals(result)) {
            return result;
        }
        Optional<Login> login = authentication.complete(proof(type, signature));
        login.ifPresent(((GatewaySession) getServerSession()).connection()::admitted);
        return login.isPresent();
    }

    /** RFC 8332: RSA keys keep their type's name whatever the signature. */
    private static boolean fits(String algorithm, String type) {
        return switch (type) {
            case "ssh-rsa" -> algorithm.equals("rsa-sha2-256") || algorithm.equals("rsa-sha2-512");
            case "ssh-rsa-cert-v01@openssh.com" ->
                    algorithm.equals("rsa-sha2-256-cert-v01@openssh.com")
                            || algorithm.equals("rsa-sha2-512-cert-v01@openssh.com");
            default -> algorithm.equals(type);
        };
    }

    /** The flags that a FIDO key signed (OpenSSH's PROTOCOL.u2f); the signature over them is verified. */
    private static Proof proof(String type, byte[] signature) {
        if (!type.startsWith("sk-")) {
            return Proof.PLAIN;
        }
        var buffer = new ByteArrayBuffer(signature);
        buffer.getString();
        buffer.getBytes();
        int flags = buffer.getUByte();
        return new Proof(true, (flags & USER_PRESENT) != 0, (flags & USER_VERIFIED) != 0);
    }

    /** Our authenticators and the gate judge them; here they would be refused or silently ignored. */
    @Override
    protected void verifyCriticalOptions(ServerSession session, OpenSshCertificate certificate) {}

    @Override
    protected boolean verifySignature(
            ServerSession session,
            String standIn,
            String algorithm,
            PublicKey key,
            Buffer blob,
            Signature verifier,
            byte[] signature)
            throws Exception {
        Authentication authentication = authentication(session);
        if (key instanceof SecurityKeyPublicKey<?>
                && authentication
                        .accepted()
                        .filter(it -> !it.granted().restrictions().userPresence())
                        .isPresent()) {
            verifier.initVerifier(session, withoutTouch(key));
        }
        return super.verifySignature(
                session, authentication.loginName(), algorithm, key, blob, verifier, signature);
    }

    private static PublicKey withoutTouch(PublicKey key) {
        return switch (key) {
            case SkED25519PublicKey sk ->
                    new SkED25519PublicKey(sk.getAppName(), true, false, sk.getDelegatePublicKey());
            case SkEcdsaPublicKey sk ->
                    new SkEcdsaPublicKey(sk.getAppName(), true, false, sk.getDelegatePublicKey());
            default -> key;
        };
    }
}

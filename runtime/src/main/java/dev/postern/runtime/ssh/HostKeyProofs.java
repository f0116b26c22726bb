// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.runtime.ssh.HostKeys.HostKey;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells clients about our host keys and proves that we hold them (OpenSSH's PROTOCOL, section 2.5). */
final class HostKeyProofs {
    private static final Logger LOG = LoggerFactory.getLogger(HostKeyProofs.class);

    private static final String PROVE = "hostkeys-prove-00@openssh.com";

    private final ChannelMux mux;

    HostKeyProofs(ChannelMux mux) {
        this.mux = mux;
    }

    private List<KeyPair> keys() {
        HostKeys keys = mux.connection().hostKeys();
        return Stream.concat(keys.serving().stream(), keys.announced().stream())
                .map(HostKey::pair)
                .toList();
    }

    /** Sends {@code hostkeys-00@openssh.com}. */
    void announce() {
        Buffer buffer = mux.session().createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
        buffer.putString("hostkeys-00@openssh.com");
        buffer.putBoolean(false);
        for (KeyPair pair : keys()) {
            buffer.putPublicKey(pair.getPublic());
        }
        mux.session().send(buffer);
    }

    /** Answers {@code hostkeys-prove-00@openssh.com}; one key that we do not hold fails the whole. */
    void prove(Buffer body, boolean wantReply) {
        if (!wantReply) {
            return;
        }
        GatewaySession session = mux.session();
        Buffer answer = session.createBuffer(SshConstants.SSH_MSG_REQUEST_SUCCESS);
        try {
            while (body.available() > 0) {
                byte[] blob = body.getBytes();
                Optional<KeyPair> pair = keys().stream().filter(it -> isOf(blob, it)).findFirst();
                if (pair.isEmpty()) {
                    fail();
                    return;
                }
                answer.putBytes(sign(pair.get(), blob));
            }
        } catch (Exception e) {
            LOG.atWarn().setCause(e).log("A host key could not be proven");
            fail();
            return;
        }
        session.send(answer);
    }

    private void fail() {
        mux.session().send(mux.session().createBuffer(SshConstants.SSH_MSG_REQUEST_FAILURE, 1));
    }

    private static boolean isOf(byte[] blob, KeyPair pair) {
        var buffer = new ByteArrayBuffer();
        buffer.putRawPublicKey(pair.getPublic());
        return Arrays.equals(blob, buffer.getCompactData());
    }

    private byte[] sign(KeyPair pair, byte[] blob) throws Exception {
        GatewaySession session = mux.session();
        String algorithm = algorithm(KeyUtils.getKeyType(pair));
        Signature signer = NamedFactory.create(session.getSignatureFactories(), algorithm);
        if (signer == null) {
            throw new IllegalStateException("No signature algorithm " + algorithm);
        }
        var proof = new ByteArrayBuffer();
        proof.putString(PROVE);
        proof.putBytes(session.getSessionId());
        proof.putBytes(blob);
        signer.initSigner(session, pair.getPrivate());
        signer.update(session, proof.getCompactData());
        var signature = new ByteArrayBuffer();
        signature.putString(algorithm);
        signature.putBytes(signer.sign(session));
        return signature.getCompactData();
    }

    /** For RSA what was negotiated, if RSA was; else the strongest, which every client with this extension knows. */
    private String algorithm(String type) {
        if (!type.equals("ssh-rsa")) {
            return type;
        }
        String negotiated = mux.session().getNegotiatedKexParameter(KexProposalOption.SERVERKEYS);
        return negotiated != null && negotiated.startsWith("rsa-sha2-256")
                ? "rsa-sha2-256"
                : "rsa-sha2-512";
    }
}

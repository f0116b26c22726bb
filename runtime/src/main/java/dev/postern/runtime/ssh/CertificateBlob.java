// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.key.SshCertificate;
import dev.postern.api.key.SshCertificate.Option;
import dev.postern.api.key.SshCertificate.Role;
import dev.postern.api.key.SshPublicKey;
import dev.postern.api.value.Bytes;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** Reads an OpenSSH certificate (PROTOCOL.certkeys) without judging anything in it. */
final class CertificateBlob {
    static final String SUFFIX = "-cert-v01@openssh.com";

    private static final int USER = 1;
    private static final int HOST = 2;

    /** Whether a key type's name is a certificate's. */
    static boolean isCertificate(String type) {
        return type.endsWith(SUFFIX);
    }

    static SshCertificate parse(byte[] blob) throws CertificateException {
        var buffer = new ByteArrayBuffer(blob);
        String algorithm = buffer.getString();
        buffer.getBytes();
        SshPublicKey key = publicKey(algorithm, buffer);
        long serial = buffer.getLong();
        Role role = role(buffer.getUInt());
        String keyId = buffer.getString();
        List<String> principals = new ArrayList<>();
        var names = new ByteArrayBuffer(buffer.getBytes());
        while (names.available() > 0) {
            principals.add(names.getString());
        }
        long validAfter = buffer.getLong();
        long validBefore = buffer.getLong();
        List<Option> critical = options(buffer.getBytes());
        List<Option> extensions = options(buffer.getBytes());
        buffer.getBytes();
        byte[] authority = buffer.getBytes();
        byte[] signature = buffer.getBytes();
        return new SshCertificate(
                algorithm,
                key,
                serial,
                role,
                keyId,
                principals,
                validAfter,
                validBefore,
                critical,
                extensions,
                new SshPublicKey(new ByteArrayBuffer(authority).getString(), Bytes.of(authority)),
                new ByteArrayBuffer(signature).getString(),
                Bytes.of(blob));
    }

    private static SshPublicKey publicKey(String algorithm, Buffer buffer)
            throws CertificateException {
        if (!isCertificate(algorithm)) {
            throw new CertificateException("Not a certificate");
        }
        String name = algorithm.substring(0, algorithm.length() - SUFFIX.length());
        String plain = name.startsWith("sk-") ? name + "@openssh.com" : name;
        var key = new ByteArrayBuffer();
        key.putString(plain);
        for (int fields = fields(plain); fields > 0; fields--) {
            key.putBytes(buffer.getBytes());
        }
        return new SshPublicKey(plain, Bytes.of(key.getCompactData()));
    }

    /** Strings of which a key of the type consists, behind its name. */
    private static int fields(String type) throws CertificateException {
        return switch (type) {
            case "ssh-ed25519" -> 1;
            case "ssh-rsa",
                    "ecdsa-sha2-nistp256",
                    "ecdsa-sha2-nistp384",
                    "ecdsa-sha2-nistp521",
                    "sk-ssh-ed25519@openssh.com" ->
                    2;
            case "sk-ecdsa-sha2-nistp256@openssh.com" -> 3;
            default -> throw new CertificateException("Unknown key type in a certificate");
        };
    }

    private static Role role(long type) throws CertificateException {
        if (type == USER) {
            return Role.USER;
        }
        if (type == HOST) {
            return Role.HOST;
        }
        throw new CertificateException("Unknown certificate type " + type);
    }

    private static List<Option> options(byte[] encoded) {
        List<Option> options = new ArrayList<>();
        var buffer = new ByteArrayBuffer(encoded);
        while (buffer.available() > 0) {
            options.add(new Option(buffer.getString(), Bytes.of(buffer.getBytes())));
        }
        return options;
    }

    private CertificateBlob() {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshPublicKey;
import dev.postern.api.value.Bytes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.util.Arrays;
import java.util.Base64;

/** A fresh Ed25519 key pair in OpenSSH's forms. */
public final class Ed25519KeyPair {
    private static final int KEY_LENGTH = 32;

    private final KeyPair pair;
    private final byte[] seed;
    private final byte[] point;

    private Ed25519KeyPair(KeyPair pair, byte[] seed, byte[] point) {
        this.pair = pair;
        this.seed = seed;
        this.point = point;
    }

    /** Makes one from the system's random source. */
    public static Ed25519KeyPair generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] seed =
                    ((EdECPrivateKey) pair.getPrivate())
                            .getBytes()
                            .orElseThrow(() ->
                                    new IllegalStateException(
                                            "The Ed25519 key cannot be exported"));
            byte[] encoded = pair.getPublic().getEncoded();
            // SubjectPublicKeyInfo of RFC 8410: the key is its last 32 octets.
            byte[] point = Arrays.copyOfRange(encoded, encoded.length - KEY_LENGTH, encoded.length);
            return new Ed25519KeyPair(pair, seed, point);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 is missing from this Java runtime", e);
        }
    }

    /** The pair for Java's own cryptography. */
    public KeyPair pair() {
        return pair;
    }

    /** The public half. */
    public SshPublicKey publicKey() {
        return new SshPublicKey("ssh-ed25519", Bytes.of(publicBlob()));
    }

    /** The private half as an unencrypted file in OpenSSH's own format (PROTOCOL.key); keep it at mode 0600. */
    public String privateKeyFile(String comment) {
        byte[] publicBlob = publicBlob();
        int check = new SecureRandom().nextInt();
        WireWriter secret =
                new WireWriter()
                        .uint32(check)
                        .uint32(check)
                        .string("ssh-ed25519")
                        .string(point)
                        .string(concat(seed, point))
                        .string(comment);
        for (int pad = 1; secret.length() % 8 != 0; pad++) {
            secret.octet(pad);
        }
        byte[] file =
                new WireWriter()
                        .raw(PublicKeys.utf8("openssh-key-v1\0"))
                        .string("none")
                        .string("none")
                        .string("")
                        .uint32(1)
                        .string(publicBlob)
                        .string(secret.toArray())
                        .toArray();
        String base64 = Base64.getMimeEncoder(70, new byte[] {'\n'}).encodeToString(file);
        return "-----BEGIN OPENSSH PRIVATE KEY-----\n"
                + base64
                + "\n-----END OPENSSH PRIVATE KEY-----\n";
    }

    private byte[] publicBlob() {
        return new WireWriter().string("ssh-ed25519").string(point).toArray();
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}

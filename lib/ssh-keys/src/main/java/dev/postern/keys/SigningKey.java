// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshPublicKey;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Arrays;

/** A private key in memory. RSA signs with SHA-512. Any number of threads; does not block. */
public final class SigningKey implements SshSigner {
    private final SshPublicKey publicKey;
    private final PrivateKey privateKey;

    SigningKey(SshPublicKey publicKey, PrivateKey privateKey) {
        this.publicKey = publicKey;
        this.privateKey = privateKey;
    }

    /** A fresh Ed25519 key as a signer. */
    public static SigningKey of(Ed25519KeyPair pair) {
        return new SigningKey(pair.publicKey(), pair.pair().getPrivate());
    }

    @Override
    public SshPublicKey publicKey() {
        return publicKey;
    }

    /** The private half for Java's own cryptography. */
    public PrivateKey privateKey() {
        return privateKey;
    }

    @Override
    public byte[] sign(byte[] data) {
        try {
            return switch (publicKey.algorithm()) {
                case "ssh-ed25519" -> blob("ssh-ed25519", make("Ed25519", data));
                case "ssh-rsa" -> blob("rsa-sha2-512", make("SHA512withRSA", data));
                case "ecdsa-sha2-nistp256" -> ecdsa("SHA256", data);
                case "ecdsa-sha2-nistp384" -> ecdsa("SHA384", data);
                case "ecdsa-sha2-nistp521" -> ecdsa("SHA512", data);
                default ->
                        throw new IllegalStateException(
                                "A key of type '" + publicKey.algorithm() + "' cannot sign here");
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The key " + publicKey + " cannot sign", e);
        }
    }

    private byte[] ecdsa(String digest, byte[] data) throws GeneralSecurityException {
        byte[] both = make(digest + "withECDSAinP1363Format", data);
        byte[] numbers =
                new WireWriter()
                        .integer(new BigInteger(1, Arrays.copyOf(both, both.length / 2)))
                        .integer(
                                new BigInteger(
                                        1, Arrays.copyOfRange(both, both.length / 2, both.length)))
                        .toArray();
        return blob(publicKey.algorithm(), numbers);
    }

    private byte[] make(String algorithm, byte[] data) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(privateKey);
        signature.update(data);
        return signature.sign();
    }

    private static byte[] blob(String algorithm, byte[] value) {
        return new WireWriter().string(algorithm).string(value).toArray();
    }

    @Override
    public String toString() {
        return "SigningKey[" + publicKey + "]";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshPublicKey;
import dev.postern.keys.WireReader.MalformedException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Arrays;
import java.util.Base64;

/** Reads private keys in OpenSSH's own format (PROTOCOL.key). Nothing of a key ever reaches a message. */
public final class PrivateKeys {
    private static final byte[] MAGIC = PublicKeys.utf8("openssh-key-v1\0");

    private PrivateKeys() {}

    /** Reads a file's text. */
    public static PrivateKeyParse parse(String text) {
        String stripped = text.strip();
        String begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
        String end = "-----END OPENSSH PRIVATE KEY-----";
        if (!stripped.startsWith(begin) || !stripped.endsWith(end)) {
            return new PrivateKeyParse.Rejected(
                    stripped.startsWith("-----BEGIN ")
                            ? "The private key is not in OpenSSH's format, which 'ssh-keygen -p -f FILE' would write"
                            : "This is not a private key in OpenSSH's format");
        }
        try {
            byte[] octets =
                    Base64.getMimeDecoder()
                            .decode(
                                    stripped.substring(
                                            begin.length(), stripped.length() - end.length()));
            return file(octets);
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            return new PrivateKeyParse.Rejected("The private key is damaged");
        } catch (MalformedException e) {
            return new PrivateKeyParse.Rejected("The private key is damaged: " + e.getMessage());
        }
    }

    private static PrivateKeyParse file(byte[] octets)
            throws MalformedException, GeneralSecurityException {
        if (octets.length < MAGIC.length
                || !Arrays.equals(Arrays.copyOf(octets, MAGIC.length), MAGIC)) {
            throw new MalformedException("it does not begin as one");
        }
        WireReader reader = new WireReader(Arrays.copyOfRange(octets, MAGIC.length, octets.length));
        String cipher = reader.text();
        reader.string();
        reader.string();
        if (!cipher.equals("none")) {
            return new PrivateKeyParse.Rejected(
                    "The private key has a pass phrase, which nobody could type here; expected one without, or an agent");
        }
        if (reader.uint32() != 1) {
            throw new MalformedException("it holds more than one key");
        }
        if (!(PublicKeys.parse(reader.string())
                instanceof KeyParse.Parsed(SshPublicKey publicKey, String _))) {
            return new PrivateKeyParse.Rejected(
                    "The private key is of a kind that cannot be used here, expected ed25519, ECDSA or RSA of 2048 bits or more");
        }
        WireReader secret = new WireReader(reader.string());
        long check = secret.uint32();
        if (secret.uint32() != check) {
            throw new MalformedException("its check numbers differ");
        }
        if (!secret.text().equals(publicKey.algorithm())) {
            throw new MalformedException("its two halves are of unlike types");
        }
        return key(publicKey, secret);
    }

    private static PrivateKeyParse key(SshPublicKey publicKey, WireReader secret)
            throws MalformedException, GeneralSecurityException {
        PrivateKey privateKey;
        switch (publicKey.algorithm()) {
            case "ssh-ed25519" -> {
                secret.string();
                byte[] seed = Arrays.copyOf(secret.string(), 32);
                privateKey =
                        KeyFactory.getInstance("Ed25519")
                                .generatePrivate(
                                        new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
            }
            case "ssh-rsa" -> privateKey = rsa(secret);
            case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521" -> {
                String curve = secret.text();
                secret.string();
                privateKey =
                        KeyFactory.getInstance("EC")
                                .generatePrivate(
                                        new ECPrivateKeySpec(
                                                new BigInteger(1, secret.positiveInteger()),
                                                JavaKeys.curve(curve)));
            }
            default -> {
                return new PrivateKeyParse.Rejected(
                        "The private key lies in a FIDO token, so it cannot sign without somebody who touches it");
            }
        }
        SigningKey key = new SigningKey(publicKey, privateKey);
        byte[] probe = PublicKeys.utf8("does the private half fit the public one");
        if (!SshSignatures.verify(publicKey, probe, key.sign(probe))) {
            throw new MalformedException("its two halves do not fit");
        }
        return new PrivateKeyParse.Parsed(key, secret.text());
    }

    private static PrivateKey rsa(WireReader secret)
            throws MalformedException, GeneralSecurityException {
        BigInteger modulus = new BigInteger(1, secret.positiveInteger());
        BigInteger publicExponent = new BigInteger(1, secret.positiveInteger());
        BigInteger privateExponent = new BigInteger(1, secret.positiveInteger());
        BigInteger coefficient = new BigInteger(1, secret.positiveInteger());
        BigInteger p = new BigInteger(1, secret.positiveInteger());
        BigInteger q = new BigInteger(1, secret.positiveInteger());
        return KeyFactory.getInstance("RSA")
                .generatePrivate(
                        new RSAPrivateCrtKeySpec(
                                modulus,
                                publicExponent,
                                privateExponent,
                                p,
                                q,
                                privateExponent.mod(p.subtract(BigInteger.ONE)),
                                privateExponent.mod(q.subtract(BigInteger.ONE)),
                                coefficient));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshCertificate;
import dev.postern.api.key.SshPublicKey;
import dev.postern.keys.WireReader.MalformedException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;

/** Verifies signatures in SSH's wire form, those of FIDO keys included. SHA-1 is never good. */
public final class SshSignatures {
    private SshSignatures() {}

    /** Whether a key made a signature over some data. */
    public static boolean verify(SshPublicKey key, byte[] data, byte[] signature) {
        try {
            WireReader reader = new WireReader(signature);
            String algorithm = reader.text();
            byte[] value = reader.string();
            byte[] signed = data;
            if (algorithm.startsWith("sk-")) {
                int flags = reader.octet();
                long counter = reader.uint32();
                signed = tokenData(key, data, flags, counter);
            }
            reader.end();
            if (!fits(key.algorithm(), algorithm)) {
                return false;
            }
            PublicKey publicKey = JavaKeys.of(key);
            String plain = algorithm.startsWith("sk-") ? algorithm.substring(3) : algorithm;
            return switch (plain) {
                case "ssh-ed25519", "ssh-ed25519@openssh.com" ->
                        check("Ed25519", publicKey, signed, value);
                case "rsa-sha2-256" -> check("SHA256withRSA", publicKey, signed, value);
                case "rsa-sha2-512" -> check("SHA512withRSA", publicKey, signed, value);
                case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256@openssh.com" ->
                        ecdsa("SHA256", 32, publicKey, signed, value);
                case "ecdsa-sha2-nistp384" -> ecdsa("SHA384", 48, publicKey, signed, value);
                case "ecdsa-sha2-nistp521" -> ecdsa("SHA512", 66, publicKey, signed, value);
                default -> false;
            };
        } catch (MalformedException | GeneralSecurityException e) {
            return false;
        }
    }

    /** Whether the CA key that a certificate names has signed it. Says nothing of whether that CA is trusted. */
    public static boolean verify(SshCertificate certificate) {
        try {
            byte[] blob = certificate.blob().toArray();
            byte[] signature = lastString(blob, certificate);
            return verify(
                    certificate.signatureKey(),
                    Arrays.copyOf(blob, blob.length - 4 - signature.length),
                    signature);
        } catch (MalformedException e) {
            return false;
        }
    }

    private static byte[] lastString(byte[] blob, SshCertificate certificate)
            throws MalformedException {
        WireReader reader = new WireReader(blob);
        reader.string();
        reader.string();
        KeyFields.check(certificate.publicKey().algorithm(), reader);
        reader.uint64();
        reader.uint32();
        reader.string();
        reader.string();
        reader.uint64();
        reader.uint64();
        for (int i = 0; i < 4; i++) {
            reader.string();
        }
        return reader.string();
    }

    private static boolean fits(String keyType, String algorithm) {
        return keyType.equals("ssh-rsa")
                ? algorithm.startsWith("rsa-sha2-")
                : keyType.equals(algorithm);
    }

    private static boolean check(String name, PublicKey key, byte[] data, byte[] value)
            throws GeneralSecurityException {
        Signature signature = Signature.getInstance(name);
        signature.initVerify(key);
        signature.update(data);
        return signature.verify(value);
    }

    private static boolean ecdsa(String digest, int half, PublicKey key, byte[] data, byte[] value)
            throws GeneralSecurityException, MalformedException {
        WireReader reader = new WireReader(value);
        byte[] both = new byte[2 * half];
        for (int i = 0; i < 2; i++) {
            byte[] number = new BigInteger(1, reader.positiveInteger()).toByteArray();
            int skip = number[0] == 0 ? 1 : 0;
            int length = number.length - skip;
            if (length > half) {
                return false;
            }
            System.arraycopy(number, skip, both, (i + 1) * half - length, length);
        }
        reader.end();
        return check(digest + "withECDSAinP1363Format", key, data, both);
    }

    /** What a token signs (PROTOCOL.u2f): hash of the application, flags, counter, hash of the data. */
    private static byte[] tokenData(SshPublicKey key, byte[] data, int flags, long counter)
            throws MalformedException, GeneralSecurityException {
        WireReader reader = new WireReader(key.blob().toArray());
        String type = reader.text();
        if (type.contains("ecdsa")) {
            reader.string();
        }
        reader.string();
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] application = digest.digest(reader.string());
        return new WireWriter()
                .raw(application)
                .octet(flags)
                .uint32(counter)
                .raw(digest.digest(data))
                .toArray();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshPublicKey;
import dev.postern.keys.WireReader.MalformedException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;

/** Turns SSH's public keys into those of Java's own cryptography. */
final class JavaKeys {
    /** SubjectPublicKeyInfo of RFC 8410 before the 32 octets of the key. */
    private static final byte[] ED25519_PREFIX = {
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
    };

    private JavaKeys() {}

    /** The key of a checked blob; for a FIDO key the one inside the token. */
    static PublicKey of(SshPublicKey key) throws MalformedException, GeneralSecurityException {
        WireReader reader = new WireReader(key.blob().toArray());
        String type = reader.text();
        return switch (type) {
            case "ssh-ed25519", "sk-ssh-ed25519@openssh.com" -> ed25519(reader.string());
            case "ssh-rsa" -> {
                BigInteger exponent = new BigInteger(1, reader.positiveInteger());
                BigInteger modulus = new BigInteger(1, reader.positiveInteger());
                yield KeyFactory.getInstance("RSA")
                        .generatePublic(new RSAPublicKeySpec(modulus, exponent));
            }
            default -> {
                String curve = reader.text();
                yield ec(curve, reader.string());
            }
        };
    }

    private static PublicKey ed25519(byte[] point) throws GeneralSecurityException {
        byte[] encoded = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + point.length);
        System.arraycopy(point, 0, encoded, ED25519_PREFIX.length, point.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    private static PublicKey ec(String curve, byte[] point) throws GeneralSecurityException {
        int half = (point.length - 1) / 2;
        ECPoint affine =
                new ECPoint(
                        new BigInteger(1, Arrays.copyOfRange(point, 1, 1 + half)),
                        new BigInteger(1, Arrays.copyOfRange(point, 1 + half, point.length)));
        return KeyFactory.getInstance("EC")
                .generatePublic(new ECPublicKeySpec(affine, curve(curve)));
    }

    /** A curve by SSH's name for it, such as {@code nistp256}. */
    static ECParameterSpec curve(String name) throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(name.replace("nistp", "secp") + "r1"));
        return parameters.getParameterSpec(ECParameterSpec.class);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KEM;
import org.apache.sshd.common.kex.BuiltinKEM;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;
import org.jspecify.annotations.Nullable;

/**
 * ML-KEM-768 (FIPS 203) with the JDK's encapsulation, which takes half of BouncyCastle's time; the client's half is the
 * SSH engine's.
 */
final class MlKemEncapsulation implements KeyEncapsulationMethod {
    static final MlKemEncapsulation INSTANCE = new MlKemEncapsulation();

    private static final String ALGORITHM = "ML-KEM-768";
    private static final int PUBLIC_KEY_SIZE = 1184;

    /** What a SubjectPublicKeyInfo of ML-KEM-768 has before the key (RFC 9935). */
    private static final byte[] PREFIX =
            HexFormat.of().parseHex("308204b2300b0609608648016503040402038204a100");

    private MlKemEncapsulation() {}

    @Override
    public Client getClient() {
        return BuiltinKEM.mlkem768.getClient();
    }

    @Override
    public Server getServer() {
        return new Encapsulator();
    }

    private static final class Encapsulator implements Server {
        private KEM.@Nullable Encapsulated made;

        @Override
        public int getPublicKeyLength() {
            return PUBLIC_KEY_SIZE;
        }

        @Override
        public byte[] init(byte[] publicKey) {
            if (publicKey.length < PUBLIC_KEY_SIZE) {
                throw new IllegalArgumentException(
                        "KEM public key is too short: " + publicKey.length);
            }
            byte[] encoded = Arrays.copyOf(PREFIX, PREFIX.length + PUBLIC_KEY_SIZE);
            System.arraycopy(publicKey, 0, encoded, PREFIX.length, PUBLIC_KEY_SIZE);
            try {
                PublicKey key =
                        KeyFactory.getInstance(ALGORITHM)
                                .generatePublic(new X509EncodedKeySpec(encoded));
                made = KEM.getInstance(ALGORITHM).newEncapsulator(key).encapsulate();
            } catch (GeneralSecurityException e) {
                // The check of FIPS 203 section 7.2: coefficients not below the modulus
                throw new IllegalArgumentException("KEM public key is not one of " + ALGORITHM, e);
            }
            return Arrays.copyOfRange(publicKey, PUBLIC_KEY_SIZE, publicKey.length);
        }

        @Override
        public byte[] getSecret() {
            return made().key().getEncoded();
        }

        @Override
        public byte[] getEncapsulation() {
            return made().encapsulation();
        }

        private KEM.Encapsulated made() {
            if (made == null) {
                throw new IllegalStateException("No public key was given yet");
            }
            return made;
        }
    }
}

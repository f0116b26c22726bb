// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import dev.postern.runtime.ssh.crypto.Sntrup761.Encapsulation;
import java.security.SecureRandom;
import java.util.Arrays;
import org.apache.sshd.common.kex.BuiltinKEM;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;
import org.jspecify.annotations.Nullable;

/** Streamlined NTRU Prime with our encapsulation; the client's half, which is rarely used here, is the SSH engine's. */
final class SntrupEncapsulation implements KeyEncapsulationMethod {
    static final SntrupEncapsulation INSTANCE = new SntrupEncapsulation();

    private final SecureRandom random = new SecureRandom();

    private SntrupEncapsulation() {}

    @Override
    public Client getClient() {
        return BuiltinKEM.sntrup761.getClient();
    }

    @Override
    public Server getServer() {
        return new Encapsulator(random);
    }

    private static final class Encapsulator implements Server {
        private final SecureRandom random;
        private @Nullable Encapsulation made;

        Encapsulator(SecureRandom random) {
            this.random = random;
        }

        @Override
        public int getPublicKeyLength() {
            return Sntrup761.PUBLIC_KEY_SIZE;
        }

        @Override
        public byte[] init(byte[] publicKey) {
            if (publicKey.length < Sntrup761.PUBLIC_KEY_SIZE) {
                throw new IllegalArgumentException(
                        "KEM public key is too short: " + publicKey.length);
            }
            made =
                    Sntrup761.encapsulate(
                            Arrays.copyOf(publicKey, Sntrup761.PUBLIC_KEY_SIZE), random);
            return Arrays.copyOfRange(publicKey, Sntrup761.PUBLIC_KEY_SIZE, publicKey.length);
        }

        @Override
        public byte[] getSecret() {
            return made().secret();
        }

        @Override
        public byte[] getEncapsulation() {
            return made().ciphertext();
        }

        private Encapsulation made() {
            if (made == null) {
                throw new IllegalStateException("No public key was given yet");
            }
            return made;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.apache.sshd.common.kex.BuiltinKEM;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Our key encapsulations")
class EncapsulationTest {

    @Test
    @DisplayName("of sntrup761 are opened by BouncyCastle, which checks the confirmation hash")
    void sntrup() {
        agrees(SntrupEncapsulation.INSTANCE, BuiltinKEM.sntrup761, 6, 40);
    }

    @Test
    @DisplayName("of ML-KEM-768 are opened by BouncyCastle")
    void mlKem() {
        agrees(MlKemEncapsulation.INSTANCE, BuiltinKEM.mlkem768, 20, 10);
    }

    private static void agrees(
            KeyEncapsulationMethod ours, KeyEncapsulationMethod theirs, int keys, int secrets) {
        byte[] behind = {1, 2, 3};
        for (int k = 0; k < keys; k++) {
            KeyEncapsulationMethod.Client client = theirs.getClient();
            client.init();
            byte[] key = client.getPublicKey();
            byte[] previous = {};
            for (int i = 0; i < secrets; i++) {
                KeyEncapsulationMethod.Server server = ours.getServer();
                assertThat(server.getPublicKeyLength()).isEqualTo(key.length);
                byte[] offer = Arrays.copyOf(key, key.length + behind.length);
                System.arraycopy(behind, 0, offer, key.length, behind.length);
                assertThat(server.init(offer)).as("what follows the key").isEqualTo(behind);
                byte[] secret = server.getSecret();
                assertThat(client.extractSecret(server.getEncapsulation())).isEqualTo(secret);
                assertThat(secret).hasSize(32).isNotEqualTo(previous);
                previous = secret;
            }
        }
    }

    @Test
    @DisplayName(
            "refuse short keys, and keys that ML-KEM calls malformed, by the exception that ends the key exchange")
    void badKeys() {
        assertThatThrownBy(() -> SntrupEncapsulation.INSTANCE.getServer().init(new byte[1157]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MlKemEncapsulation.INSTANCE.getServer().init(new byte[1183]))
                .isInstanceOf(IllegalArgumentException.class);
        byte[] tooLarge = new byte[1184];
        Arrays.fill(tooLarge, (byte) 0xff);
        assertThatThrownBy(() -> MlKemEncapsulation.INSTANCE.getServer().init(tooLarge))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("of sntrup761 take any bytes for a key")
    void anyBytes() {
        Random random = new Random(5);
        for (int i = 0; i < 50; i++) {
            byte[] key = new byte[Sntrup761.PUBLIC_KEY_SIZE];
            random.nextBytes(key);
            if (i == 0) {
                Arrays.fill(key, (byte) 0xff);
            }
            KeyEncapsulationMethod.Server server = SntrupEncapsulation.INSTANCE.getServer();
            server.init(key);
            assertThat(server.getEncapsulation()).hasSize(Sntrup761.CIPHERTEXT_SIZE);
        }
    }

    @Test
    @DisplayName("sort by a network that sorts")
    void sorts() {
        Random random = new Random(7);
        for (int length : new int[] {2, 3, 7, 8, 9, 100, 761}) {
            for (int i = 0; i < 100; i++) {
                int[] values = random.ints(length, -length, length).toArray();
                int[] expected = values.clone();
                Arrays.sort(expected);
                Sntrup761.sort(values);
                assertThat(values).isEqualTo(expected);
            }
        }
    }
}

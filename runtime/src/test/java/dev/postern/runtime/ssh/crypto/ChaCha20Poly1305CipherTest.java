// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.crypto.AEADBadTagException;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.cipher.Cipher.Mode;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("chacha20-poly1305@openssh.com")
class ChaCha20Poly1305CipherTest {
    private static final int TAG = 16;
    private final Random random = new Random(42);

    @ParameterizedTest
    @EnumSource(ChaChaAcceleration.class)
    @DisplayName("gives the bytes of the SSH engine's own class, packet after packet")
    void sameBytes(ChaChaAcceleration acceleration) throws Exception {
        byte[] key = bytes(64);
        Cipher ours = started(acceleration, Mode.Encrypt, key, 7);
        Cipher opener = started(acceleration, Mode.Decrypt, key, 7);
        Cipher theirs = BuiltinCiphers.cc20p1305_openssh.create();
        theirs.init(Mode.Encrypt, key, nonce(7));
        for (int length :
                IntStream.concat(
                                IntStream.range(0, 40).map(i -> 8 * i),
                                IntStream.of(1024, 4096, 32768, 35000))
                        .toArray()) {
            byte[] plain = bytes(4 + length + TAG);
            byte[] expected = plain.clone();
            byte[] actual = plain.clone();
            theirs.updateWithAAD(expected, 0, 4, length);
            ours.updateWithAAD(actual, 0, 4, length);
            assertThat(actual).as("sealed %d", length).isEqualTo(expected);

            opener.updateAAD(actual, 0, 4);
            opener.update(actual, 4, length);
            assertThat(actual).as("opened %d", length).startsWith(Arrays.copyOf(plain, 4 + length));
        }
    }

    @ParameterizedTest
    @EnumSource(ChaChaAcceleration.class)
    @DisplayName("refuses a packet with any one bit changed, and leaves its body as it came")
    void flippedBits(ChaChaAcceleration acceleration) throws Exception {
        byte[] key = bytes(64);
        for (int length : new int[] {16, 320}) {
            byte[] sealed = bytes(4 + length + TAG);
            started(acceleration, Mode.Encrypt, key, 1).updateWithAAD(sealed, 0, 4, length);
            Cipher opener = started(acceleration, Mode.Decrypt, key, 1);
            for (int bit = 0; bit < sealed.length * 8; bit++) {
                byte[] bad = sealed.clone();
                bad[bit / 8] ^= (byte) (1 << bit % 8);
                byte[] before = bad.clone();
                opener.init(Mode.Decrypt, key, nonce(1));
                opener.updateAAD(bad, 0, 4);
                assertThatThrownBy(() -> opener.update(bad, 4, length))
                        .as("bit %d", bit)
                        .isInstanceOf(AEADBadTagException.class);
                assertThat(Arrays.equals(bad, 4, bad.length, before, 4, before.length)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ChaChaAcceleration.class)
    @DisplayName("a new key starts anew, also with the same key and number as before")
    void newKey(ChaChaAcceleration acceleration) throws Exception {
        byte[] key = bytes(64);
        byte[] plain = bytes(4 + 1000 + TAG);
        Cipher cipher = started(acceleration, Mode.Encrypt, key, 3);
        byte[] first = plain.clone();
        cipher.updateWithAAD(first, 0, 4, 1000);
        byte[] second = plain.clone();
        cipher.updateWithAAD(second, 0, 4, 1000);
        assertThat(second).isNotEqualTo(first);
        cipher.init(Mode.Encrypt, key, nonce(3));
        byte[] again = plain.clone();
        cipher.updateWithAAD(again, 0, 4, 1000);
        assertThat(again).isEqualTo(first);
        cipher.init(Mode.Encrypt, bytes(64), nonce(3));
        byte[] other = plain.clone();
        cipher.updateWithAAD(other, 0, 4, 1000);
        assertThat(other).isNotEqualTo(first);
    }

    @ParameterizedTest
    @EnumSource(ChaChaAcceleration.class)
    @DisplayName("the sequence number goes from 2^32 - 1 on to 0")
    void sequenceWraps(ChaChaAcceleration acceleration) throws Exception {
        byte[] key = bytes(64);
        Cipher ours = started(acceleration, Mode.Encrypt, key, 0xfffffffeL);
        Cipher theirs = BuiltinCiphers.cc20p1305_openssh.create();
        theirs.init(Mode.Encrypt, key, nonce(0xfffffffeL));
        for (int i = 0; i < 4; i++) {
            byte[] expected = bytes(4 + 512 + TAG);
            byte[] actual = expected.clone();
            theirs.updateWithAAD(expected, 0, 4, 512);
            ours.updateWithAAD(actual, 0, 4, 512);
            assertThat(actual).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("no sequence number is used twice under one key")
    void noReuse() throws Exception {
        ChaCha20Poly1305Cipher cipher =
                (ChaCha20Poly1305Cipher)
                        started(ChaChaAcceleration.JAVA, Mode.Encrypt, bytes(64), 5);
        cipher.packetsDone((1L << 32) - 1);
        byte[] packet = bytes(4 + 8 + TAG);
        cipher.updateWithAAD(packet, 0, 4, 8);
        assertThatThrownBy(() -> cipher.updateWithAAD(packet, 0, 4, 8))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot be reused");
    }

    @Test
    @DisplayName("refuses keys, nonces and lengths of the wrong size by name")
    void misuse() {
        Cipher cipher = ChaCha20Poly1305Factory.create(ChaChaAcceleration.JAVA).create();
        assertThatThrownBy(() -> cipher.init(Mode.Encrypt, new byte[32], new byte[8]))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessageContaining("32 bytes, expected 64");
        assertThatThrownBy(() ->
                        cipher.init(
                                Mode.Encrypt, new byte[64], new byte[] {1, 0, 0, 0, 0, 0, 0, 0}))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessageContaining("sequence number");
        assertThatThrownBy(() -> cipher.updateAAD(new byte[4], 0, 4))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cipher.update(new byte[24], 0, 8))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cipher.updateAAD(new byte[8], 0, 8))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName(
            "takes its key and number from the front of longer arrays, as key exchanges with long digests give them")
    void longerMaterial() throws Exception {
        byte[] key = bytes(96);
        byte[] number = Arrays.copyOf(nonce(9), 48);
        number[20] = 1;
        Cipher cipher = ChaCha20Poly1305Factory.create(ChaChaAcceleration.AUTO).create();
        cipher.init(Mode.Encrypt, key, number);
        byte[] packet = bytes(4 + 512 + TAG);
        byte[] expected = packet.clone();
        cipher.updateWithAAD(packet, 0, 4, 512);
        started(ChaChaAcceleration.JAVA, Mode.Encrypt, Arrays.copyOf(key, 64), 9)
                .updateWithAAD(expected, 0, 4, 512);
        assertThat(packet).isEqualTo(expected);
    }

    @Test
    @DisplayName(
            "a body whose tag would lie outside the array is refused before anything is changed")
    void shortArray() throws Exception {
        Cipher cipher = started(ChaChaAcceleration.AUTO, Mode.Encrypt, bytes(64), 0);
        byte[] data = new byte[4 + 512 + 15];
        assertThatThrownBy(() -> cipher.updateWithAAD(data, 0, 4, 512))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(
                        Arrays.equals(
                                data,
                                4,
                                data.length,
                                new byte[data.length - 4],
                                0,
                                data.length - 4))
                .isTrue();
    }

    @Test
    @DisplayName("libcrypto's contexts are shared by many threads without mixing packets up")
    void manyThreads() throws Exception {
        Assumptions.assumeTrue(
                LibcryptoPacketEngine.shared() instanceof LibcryptoPacketEngine.Usable);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results =
                    IntStream.range(0, 64)
                            .mapToObj(seed ->
                                    threads.submit(
                                            (Callable<Void>)
                                                    () -> {
                                                        manyPackets(seed);
                                                        return null;
                                                    }))
                            .toList();
            for (Future<Void> result : results) {
                result.get();
            }
        }
    }

    private static void manyPackets(int seed) throws Exception {
        Random own = new Random(seed);
        byte[] key = new byte[64];
        own.nextBytes(key);
        Cipher sealer = started(ChaChaAcceleration.LIBCRYPTO, Mode.Encrypt, key, seed);
        Cipher opener = started(ChaChaAcceleration.JAVA, Mode.Decrypt, key, seed);
        for (int i = 0; i < 200; i++) {
            int length = 8 * own.nextInt(1, 1000);
            byte[] packet = new byte[4 + length + TAG];
            own.nextBytes(packet);
            byte[] plain = packet.clone();
            sealer.updateWithAAD(packet, 0, 4, length);
            opener.updateAAD(packet, 0, 4);
            opener.update(packet, 4, length);
            assertThat(Arrays.equals(packet, 0, 4 + length, plain, 0, 4 + length)).isTrue();
        }
    }

    private static Cipher started(
            ChaChaAcceleration acceleration, Mode mode, byte[] key, long sequence)
            throws Exception {
        Assumptions.assumeTrue(
                acceleration != ChaChaAcceleration.LIBCRYPTO
                        || LibcryptoPacketEngine.shared() instanceof LibcryptoPacketEngine.Usable,
                "libcrypto is not usable here");
        Cipher cipher = ChaCha20Poly1305Factory.create(acceleration).create();
        cipher.init(mode, key, nonce(sequence));
        return cipher;
    }

    private static byte[] nonce(long sequence) {
        return ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.cipher.Cipher.Mode;

class ChaCha20Poly1305PropertyTest {
    private static final BigInteger MODULUS =
            BigInteger.TWO.pow(130).subtract(BigInteger.valueOf(5));
    private static final BigInteger CLAMP = new BigInteger("0ffffffc0ffffffc0ffffffc0fffffff", 16);

    /** Every engine, any sizes one after the other, anywhere in the array: the same bytes as the SSH engine's class. */
    @Property
    void sameBytesAsTheEngine(
            @ForAll ChaChaAcceleration wanted,
            @ForAll @Size(64) byte[] key,
            @ForAll @LongRange(min = 0, max = 0xffffffffL) long sequence,
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 0, max = 5000) Integer> lengths,
            @ForAll @IntRange(min = 0, max = 70) int offset,
            @ForAll byte filler)
            throws Exception {
        boolean usable = LibcryptoPacketEngine.shared() instanceof LibcryptoPacketEngine.Usable;
        ChaChaAcceleration acceleration = usable ? wanted : ChaChaAcceleration.JAVA;
        byte[] nonce = ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
        ChaCha20Poly1305Factory factory = ChaCha20Poly1305Factory.create(acceleration);
        Cipher ours = factory.create();
        Cipher opener = factory.create();
        Cipher theirs = BuiltinCiphers.cc20p1305_openssh.create();
        ours.init(Mode.Encrypt, key, nonce);
        opener.init(Mode.Decrypt, key, nonce);
        theirs.init(Mode.Encrypt, key, nonce);
        for (int length : lengths) {
            byte[] plain = new byte[offset + 4 + length + 16 + 3];
            Arrays.fill(plain, filler);
            byte[] expected = plain.clone();
            byte[] actual = plain.clone();
            theirs.updateWithAAD(expected, offset, 4, length);
            ours.updateWithAAD(actual, offset, 4, length);
            assertThat(actual).isEqualTo(expected);
            opener.updateAAD(actual, offset, 4);
            opener.update(actual, offset + 4, length);
            assertThat(Arrays.equals(actual, 0, offset + 4 + length, plain, 0, offset + 4 + length))
                    .isTrue();
        }
    }

    /** Any message in any chunks, with words near the edges of the limbs, against plain big numbers. */
    @Property
    void polyIsTheSumOfItsDefinition(
            @ForAll("edgyBytes") @Size(32) byte[] key,
            @ForAll("edgyBytes") byte[] message,
            @ForAll @IntRange(max = 64) int first) {
        byte[] tag = new byte[Poly1305.TAG_SIZE];
        Poly1305 poly = new Poly1305();
        poly.init(key, 0);
        int cut = Math.min(first, message.length);
        poly.update(message, 0, cut);
        poly.update(message, cut, message.length - cut);
        poly.finish(tag, 0);
        assertThat(tag).isEqualTo(reference(key, message));
    }

    @Provide
    Arbitrary<byte[]> edgyBytes() {
        return Arbitraries.bytes()
                .edgeCases(edges ->
                        edges.add((byte) 0xff, (byte) 0xfb, (byte) 0, (byte) 0x0f, (byte) 0xfe))
                .array(byte[].class)
                .ofMinSize(32)
                .ofMaxSize(200);
    }

    private static byte[] reference(byte[] key, byte[] message) {
        BigInteger r = little(key, 0, 16).and(CLAMP);
        BigInteger sum = BigInteger.ZERO;
        for (int from = 0; from < message.length; from += 16) {
            int to = Math.min(from + 16, message.length);
            BigInteger block = little(message, from, to).setBit(8 * (to - from));
            sum = sum.add(block).multiply(r).mod(MODULUS);
        }
        byte[] big = sum.add(little(key, 16, 32)).toByteArray();
        byte[] tag = new byte[16];
        for (int i = 0; i < 16 && i < big.length; i++) {
            tag[i] = big[big.length - 1 - i];
        }
        return tag;
    }

    private static BigInteger little(byte[] data, int from, int to) {
        byte[] reversed = new byte[to - from];
        for (int i = 0; i < reversed.length; i++) {
            reversed[i] = data[to - 1 - i];
        }
        return new BigInteger(1, reversed);
    }
}

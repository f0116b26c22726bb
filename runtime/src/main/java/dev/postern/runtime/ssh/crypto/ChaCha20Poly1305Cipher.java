// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.cipher.CipherInformation;
import org.jspecify.annotations.Nullable;

/**
 * chacha20-poly1305@openssh.com (OpenSSH's PROTOCOL.chacha20poly1305) as the SSH engine's cipher.
 *
 * <p>The first half of the key encrypts packet bodies, the second half packet lengths, so that a length can be read before
 * its packet is whole. The nonce is the packet's sequence number, which the engine passes as {@code iv} when the key comes
 * into use. One object serves one direction of one connection; packets follow each other, on any thread.
 */
final class ChaCha20Poly1305Cipher implements Cipher {
    private static final int LENGTH_SIZE = Integer.BYTES;

    private final CipherInformation information;
    private final Optional<LibcryptoPacketEngine> libcrypto;
    private final JavaPacketEngine java = new JavaPacketEngine();
    private final byte[] encryptedLength = new byte[LENGTH_SIZE];
    private final byte[] lengthStream = new byte[ChaCha20Block.SIZE];

    private @Nullable PacketKey bodyKey;
    private int[] lengthKey = {};
    private boolean encrypting;
    private int sequence;
    private long packets;

    ChaCha20Poly1305Cipher(
            CipherInformation information, Optional<LibcryptoPacketEngine> libcrypto) {
        this.information = information;
        this.libcrypto = libcrypto;
    }

    @Override
    public void init(Mode mode, byte[] key, byte[] iv) throws InvalidKeyException {
        // The engine passes whole digests: what lies behind the key and behind the number is not
        // for us
        if (key.length < getKdfSize()) {
            throw new InvalidKeyException(
                    "ChaCha20 key has " + key.length + " bytes, expected " + getKdfSize());
        }
        if (iv.length < Long.BYTES || (iv[0] | iv[1] | iv[2] | iv[3]) != 0) {
            throw new InvalidKeyException(
                    "ChaCha20 nonce is not a packet sequence number in eight bytes");
        }
        encrypting = mode == Mode.Encrypt;
        bodyKey = new PacketKey(key, 0);
        lengthKey = ChaCha20Block.words(key, ChaCha20Block.KEY_SIZE);
        sequence = ByteBuffer.wrap(iv).getInt(Integer.BYTES);
        packets = 0;
        java.forgetKey();
    }

    @Override
    public void updateAAD(byte[] data, int offset, int length) {
        if (length != LENGTH_SIZE) {
            throw new IllegalArgumentException(
                    "Only a packet length of 4 bytes is additional data here, not "
                            + length
                            + " bytes");
        }
        if (bodyKey == null) {
            throw new IllegalStateException("Cipher has no key yet");
        }
        // One more packet than there are sequence numbers would use a nonce twice under one key
        if (packets >>> Integer.SIZE != 0) {
            throw new IllegalStateException(
                    "Packet sequence number cannot be reused with the same key");
        }
        ChaCha20Block.keyStream(lengthKey, sequence, 0, lengthStream);
        for (int i = 0; i < LENGTH_SIZE; i++) {
            byte before = data[offset + i];
            byte after = (byte) (before ^ lengthStream[i]);
            data[offset + i] = after;
            encryptedLength[i] = encrypting ? after : before;
        }
    }

    @Override
    public void update(byte[] data, int offset, int length) throws AEADBadTagException {
        PacketKey key = bodyKey;
        if (key == null) {
            throw new IllegalStateException("Cipher has no key yet");
        }
        Objects.checkFromIndexSize(offset, length + Poly1305.TAG_SIZE, data.length);
        // A keystroke is done in Java before a call out of Java would have set its key
        PacketEngine engine =
                libcrypto.isPresent() && length > JavaPacketEngine.SHORT ? libcrypto.get() : java;
        if (encrypting) {
            engine.seal(key, sequence, encryptedLength, data, offset, length);
        } else if (!engine.open(key, sequence, encryptedLength, data, offset, length)) {
            throw new AEADBadTagException("Tag mismatch");
        }
        sequence++;
        packets++;
    }

    /** Says how many packets this key has had; a test cannot send four thousand million. */
    void packetsDone(long count) {
        packets = count;
    }

    @Override
    public String getAlgorithm() {
        return information.getAlgorithm();
    }

    @Override
    public int getKeySize() {
        return information.getKeySize();
    }

    @Override
    public String getTransformation() {
        return information.getTransformation();
    }

    @Override
    public int getIVSize() {
        return information.getIVSize();
    }

    @Override
    public int getAuthenticationTagSize() {
        return information.getAuthenticationTagSize();
    }

    @Override
    public int getCipherBlockSize() {
        return information.getCipherBlockSize();
    }

    @Override
    public int getKdfSize() {
        return information.getKdfSize();
    }

    @Override
    public String toString() {
        return "chacha20-poly1305";
    }
}

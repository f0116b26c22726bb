// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.ChaCha20ParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * The engine in pure Java: the key stream of the JDK's ChaCha20, which is an intrinsic, and our {@link Poly1305}.
 *
 * <p>Packets of at most {@value #SHORT} bytes do not touch the JDK's cipher, whose set-up makes a kilobyte of key stream.
 * So the cipher (about 1.4 KiB) exists only on connections that have moved data. One engine serves one direction of one
 * connection, by one thread at a time.
 */
final class JavaPacketEngine implements PacketEngine {
    /** Where the JDK's cipher begins to win; measured. */
    static final int SHORT = 192;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] ZEROS = new byte[ChaCha20Block.SIZE];

    private final Poly1305 poly = new Poly1305();
    private final byte[] block = new byte[ChaCha20Block.SIZE];
    private final byte[] tag = new byte[Poly1305.TAG_SIZE];
    private @Nullable Cipher stream;

    /** To be called when the key changes: the JDK's cipher would refuse to start again with the key and nonce it had last. */
    void forgetKey() {
        stream = null;
    }

    @Override
    public void seal(
            PacketKey key,
            int sequence,
            byte[] encryptedLength,
            byte[] data,
            int offset,
            int length) {
        Cipher cipher = start(key, sequence, length);
        transform(cipher, key, sequence, data, offset, length);
        authenticate(encryptedLength, data, offset, length);
        poly.finish(data, offset + length);
    }

    @Override
    public boolean open(
            PacketKey key,
            int sequence,
            byte[] encryptedLength,
            byte[] data,
            int offset,
            int length) {
        Cipher cipher = start(key, sequence, length);
        authenticate(encryptedLength, data, offset, length);
        poly.finish(tag, 0);
        long difference = (long) LONG.get(tag, 0) ^ (long) LONG.get(data, offset + length);
        difference |= (long) LONG.get(tag, 8) ^ (long) LONG.get(data, offset + length + 8);
        if (difference != 0) {
            return false;
        }
        transform(cipher, key, sequence, data, offset, length);
        return true;
    }

    private void authenticate(byte[] encryptedLength, byte[] data, int offset, int length) {
        poly.update(encryptedLength, 0, encryptedLength.length);
        poly.update(data, offset, length);
    }

    /** Sets the authenticator up from block 0; answers the JDK's cipher standing at block 1, or null for a short packet. */
    private @Nullable Cipher start(PacketKey key, int sequence, int length) {
        if (length <= SHORT) {
            ChaCha20Block.keyStream(key.words(), sequence, 0, block);
            poly.init(block, 0);
            return null;
        }
        try {
            Cipher cipher = stream;
            if (cipher == null) {
                cipher = Cipher.getInstance("ChaCha20");
                stream = cipher;
            }
            byte[] nonce = {
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                (byte) (sequence >>> 24),
                (byte) (sequence >>> 16),
                (byte) (sequence >>> 8),
                (byte) sequence
            };
            cipher.init(Cipher.ENCRYPT_MODE, key.secret(), new ChaCha20ParameterSpec(nonce, 0));
            cipher.update(ZEROS, 0, ZEROS.length, block, 0);
            poly.init(block, 0);
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "The JDK's ChaCha20 refused a packet of " + length + " bytes", e);
        }
    }

    private void transform(
            @Nullable Cipher cipher,
            PacketKey key,
            int sequence,
            byte[] data,
            int offset,
            int length) {
        if (cipher == null) {
            transformShort(key, sequence, data, offset, length);
            return;
        }
        try {
            cipher.update(data, offset, length, data, offset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "The JDK's ChaCha20 refused a packet of " + length + " bytes", e);
        }
    }

    private void transformShort(PacketKey key, int sequence, byte[] data, int offset, int length) {
        int counter = 1;
        for (int done = 0; done < length; done += ChaCha20Block.SIZE, counter++) {
            ChaCha20Block.keyStream(key.words(), sequence, counter, block);
            int part = Math.min(ChaCha20Block.SIZE, length - done);
            int at = offset + done;
            int i = 0;
            for (; i + Long.BYTES <= part; i += Long.BYTES) {
                LONG.set(data, at + i, (long) LONG.get(data, at + i) ^ (long) LONG.get(block, i));
            }
            for (; i < part; i++) {
                data[at + i] ^= block[i];
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

/**
 * Encrypts and authenticates the body of one packet of chacha20-poly1305@openssh.com, in place.
 *
 * <p>The tag covers the four bytes of the encrypted length and the encrypted body; its key is the first half of block 0
 * of the body's key stream, and the body is encrypted from block 1 on.
 */
sealed interface PacketEngine permits JavaPacketEngine, LibcryptoPacketEngine {

    /** Encrypts {@code length} bytes at {@code offset} and writes the 16-byte tag behind them. */
    void seal(
            PacketKey key,
            int sequence,
            byte[] encryptedLength,
            byte[] data,
            int offset,
            int length);

    /**
     * Decrypts {@code length} bytes at {@code offset} if the 16 bytes behind them are their tag.
     *
     * @return whether the tag was right; if not, {@code data} is as it was
     */
    boolean open(
            PacketKey key,
            int sequence,
            byte[] encryptedLength,
            byte[] data,
            int offset,
            int length);
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import java.util.Optional;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.cipher.CipherFactory;

/**
 * Makes {@link ChaCha20Poly1305Cipher}s under the name chacha20-poly1305@openssh.com; takes the place of the SSH engine's own factory,
 * which is five times slower.
 */
public final class ChaCha20Poly1305Factory implements CipherFactory {
    private static final String NAME = "chacha20-poly1305@openssh.com";

    private final Optional<LibcryptoPacketEngine> libcrypto;
    private final String engineName;

    private ChaCha20Poly1305Factory(String engineName, Optional<LibcryptoPacketEngine> libcrypto) {
        this.engineName = engineName;
        this.libcrypto = libcrypto;
    }

    /**
     * Chooses the engine. Blocks for some milliseconds while libcrypto is loaded and tested.
     *
     * @throws IllegalStateException if {@link ChaChaAcceleration#LIBCRYPTO} was asked for and cannot be used; the message
     *     says why
     */
    public static ChaCha20Poly1305Factory create(ChaChaAcceleration acceleration) {
        if (acceleration != ChaChaAcceleration.JAVA) {
            switch (LibcryptoPacketEngine.shared()) {
                case LibcryptoPacketEngine.Usable(LibcryptoPacketEngine engine, String version) -> {
                    return new ChaCha20Poly1305Factory(
                            "libcrypto (" + version + ")", Optional.of(engine));
                }
                case LibcryptoPacketEngine.Unusable(String reason) -> {
                    if (acceleration == ChaChaAcceleration.LIBCRYPTO) {
                        throw new IllegalStateException(
                                "chacha20-poly1305 was to run on libcrypto, which cannot be used: "
                                        + reason);
                    }
                }
            }
        }
        return new ChaCha20Poly1305Factory("java", Optional.empty());
    }

    /** What encrypts: "java", or "libcrypto" with the library's version; for the start-up log. */
    public String engineName() {
        return engineName;
    }

    @Override
    public Cipher create() {
        return new ChaCha20Poly1305Cipher(this, libcrypto);
    }

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public boolean isSupported() {
        return true;
    }

    /** Must start with "ChaCha": by this the SSH engine knows that the nonce is the sequence number. */
    @Override
    public String getAlgorithm() {
        return "ChaCha20";
    }

    @Override
    public String getTransformation() {
        return "ChaCha20";
    }

    @Override
    public int getKeySize() {
        return 512;
    }

    @Override
    public int getIVSize() {
        return 8;
    }

    @Override
    public int getAuthenticationTagSize() {
        return Poly1305.TAG_SIZE;
    }

    @Override
    public int getCipherBlockSize() {
        return 8;
    }

    @Override
    public int getKdfSize() {
        return 2 * ChaCha20Block.KEY_SIZE;
    }

    @Override
    public String toString() {
        return NAME;
    }
}

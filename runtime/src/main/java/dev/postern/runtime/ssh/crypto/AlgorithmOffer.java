// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

/** How far the gateway goes to meet old clients; the configured value is the name in lower case. */
public enum AlgorithmOffer {
    /**
     * Only what ssh-audit (3.9) remarks upon in no way: post-quantum key exchanges, authenticated ciphers or
     * encrypt-then-MAC. OpenSSH since 8.5, PuTTY since 0.78, Go's x/crypto and JSch can do this; paramiko, AsyncSSH without
     * liboqs, libssh2, sshj and Dropbear before 2025 cannot.
     */
    STRICT,
    /** Adds curve25519 without a post-quantum part and hmac-sha2 over the plain text, behind all others. */
    COMPATIBLE
}

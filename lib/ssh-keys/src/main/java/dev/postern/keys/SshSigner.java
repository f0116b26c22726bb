// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshPublicKey;

/** Signs with a private key that may lie elsewhere: a file, an agent, an HSM. Any number of threads; may block. */
public interface SshSigner {
    /** The public half. */
    SshPublicKey publicKey();

    /**
     * Signs.
     *
     * @param data what to sign
     * @return a signature in its wire form: the algorithm's name and what it makes; never SHA-1
     * @throws InterruptedException if the caller gave up
     */
    byte[] sign(byte[] data) throws InterruptedException;
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

/** What may encrypt chacha20-poly1305@openssh.com; the configured value is the name in lower case. */
public enum ChaChaAcceleration {
    /** libcrypto when it is there and passes its self-test, Java otherwise. */
    AUTO,
    /** Java only; no native library is loaded. */
    JAVA,
    /** libcrypto, or the gateway does not start. */
    LIBCRYPTO
}

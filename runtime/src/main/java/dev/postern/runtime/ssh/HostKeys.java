// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.key.SshCertificate;
import java.security.KeyPair;
import java.util.List;
import java.util.Optional;

/**
 * The host keys in force.
 *
 * @param serving the gateway proves itself with these, one a key type, the preferred first; at least one
 * @param announced further keys that clients are told about (hostkeys-00@openssh.com) and that the gateway can prove to
 *     hold, but does not use yet or no longer uses first: a rotation
 */
public record HostKeys(List<HostKey> serving, List<HostKey> announced) {
    public HostKeys {
        serving = List.copyOf(serving);
        announced = List.copyOf(announced);
        if (serving.isEmpty()) {
            throw new IllegalArgumentException("There is no host key, expected at least one");
        }
    }

    /**
     * One host key.
     *
     * @param pair Ed25519, ECDSA or RSA
     * @param certificate a host certificate for it
     */
    public record HostKey(KeyPair pair, Optional<SshCertificate> certificate) {
        @Override
        public String toString() {
            return "HostKey[" + pair.getPublic().getAlgorithm() + "]";
        }
    }
}

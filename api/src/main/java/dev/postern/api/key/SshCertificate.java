// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.key;

import dev.postern.api.value.Bytes;
import java.util.List;

/**
 * An OpenSSH certificate (PROTOCOL.certkeys) as it came over the wire. Nothing about it is judged yet: not the CA, not
 * the dates, not the principals. That the CA key signed it and that the client holds the private key is proven by the
 * gateway before {@code confirm}.
 *
 * @param algorithm the certificate's type name, such as {@code ssh-ed25519-cert-v01@openssh.com}
 * @param publicKey the key that is certified
 * @param serial an unsigned 64-bit number; 0 where the CA does not number
 * @param role user or host
 * @param keyId free text of the CA; for people and logs, never for routing
 * @param principals names it is valid for; an empty list matches nothing here
 * @param validAfter unsigned seconds since 1970, inclusive
 * @param validBefore unsigned seconds since 1970, exclusive; all ones means for ever
 * @param criticalOptions in their order; an unknown one must refuse
 * @param extensions in their order; an unknown one is ignored, an absent permission is denied
 * @param signatureKey the CA's public key
 * @param signatureAlgorithm the algorithm in the CA's signature
 * @param blob the whole certificate
 */
public record SshCertificate(
        String algorithm,
        SshPublicKey publicKey,
        long serial,
        Role role,
        String keyId,
        List<String> principals,
        long validAfter,
        long validBefore,
        List<Option> criticalOptions,
        List<Option> extensions,
        SshPublicKey signatureKey,
        String signatureAlgorithm,
        Bytes blob) {

    public SshCertificate {
        principals = List.copyOf(principals);
        criticalOptions = List.copyOf(criticalOptions);
        extensions = List.copyOf(extensions);
    }

    /** What a certificate is for. */
    public enum Role {
        /** Type 1: authenticates a user. */
        USER,
        /** Type 2: authenticates a host. */
        HOST
    }

    /**
     * A critical option or an extension.
     *
     * @param name such as {@code force-command}
     * @param data the value as encoded, that is with an inner length where the option has a value
     */
    public record Option(String name, Bytes data) {}
}

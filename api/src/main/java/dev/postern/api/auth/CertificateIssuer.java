// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.auth;

import dev.postern.api.key.SshCertificate;
import dev.postern.api.key.SshPublicKey;
import java.time.Duration;
import java.util.List;

/** Signs certificates with a CA key. Called on virtual threads, any number at once; it may block (an agent, an HSM). */
public interface CertificateIssuer {
    /**
     * Signs a user certificate.
     *
     * @param request what to certify
     * @return the certificate
     * @throws InterruptedException if the caller gave up
     */
    SshCertificate issue(IssueRequest request) throws InterruptedException;

    /** The public keys of the CAs whose certificates to trust, the signing one first. */
    List<SshPublicKey> authorities();

    /**
     * What to certify.
     *
     * @param publicKey whose
     * @param keyId free text for people and logs
     * @param principals at least one
     * @param lifetime from now; the issuer backdates the start by its own margin
     * @param restrictions become critical options and absent extensions
     */
    record IssueRequest(
            SshPublicKey publicKey,
            String keyId,
            List<String> principals,
            Duration lifetime,
            Restrictions restrictions) {
        public IssueRequest {
            principals = List.copyOf(principals);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import dev.postern.api.key.SshCertificate;
import dev.postern.api.key.SshCertificate.Option;
import dev.postern.api.key.SshPublicKey;
import dev.postern.keys.CertificateDraft;
import dev.postern.keys.CertificateOptions;
import dev.postern.keys.Ed25519KeyPair;
import dev.postern.keys.SigningKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A CA and what it signs: valid for an hour from the test clock's begin. */
record Authority(SigningKey key) {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    Authority() {
        this(SigningKey.of(Ed25519KeyPair.generate()));
    }

    String line() {
        return key.publicKey().line();
    }

    SshCertificate certify(List<String> principals) {
        return certify(
                SshCertificate.Role.USER,
                principals,
                List.of(),
                List.of(
                        CertificateOptions.flag("permit-pty"),
                        CertificateOptions.flag("permit-port-forwarding")));
    }

    SshCertificate certify(
            SshCertificate.Role role,
            List<String> principals,
            List<Option> critical,
            List<Option> extensions) {
        SshPublicKey user = Ed25519KeyPair.generate().publicKey();
        try {
            return new CertificateDraft(
                            user,
                            7,
                            role,
                            "the id",
                            principals,
                            BEGIN.getEpochSecond(),
                            BEGIN.plus(Duration.ofHours(1)).getEpochSecond(),
                            critical,
                            extensions)
                    .sign(key);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

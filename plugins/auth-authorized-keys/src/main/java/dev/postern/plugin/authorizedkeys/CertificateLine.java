// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import dev.postern.api.auth.Restrictions;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.key.SshCertificate;
import dev.postern.keys.AuthorizedKeyOptions;
import dev.postern.keys.CertificateRights;
import dev.postern.keys.CertificateTimes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a {@code cert-authority} line makes of a certificate of its CA, in sshd's order. */
sealed interface CertificateLine {
    /** It may be used so. */
    record Fits(Restrictions restrictions, Optional<Instant> notAfter) implements CertificateLine {}

    /** It may not be used. */
    record Refused(RefusalCode code, String reason) implements CertificateLine {}

    /** Judges; that the CA signed it is the gateway's to prove. */
    static CertificateLine judge(
            AuthorizedKeyOptions line, String loginName, SshCertificate certificate, Instant now) {
        return switch (CertificateRights.of(certificate)) {
            case CertificateRights.Refused(String reason) ->
                    new Refused(AuthorizedKeysCodes.CERTIFICATE, reason);
            case CertificateRights.Narrowed(Restrictions own) ->
                    judge(line, loginName, certificate, own, now);
        };
    }

    private static CertificateLine judge(
            AuthorizedKeyOptions line,
            String loginName,
            SshCertificate certificate,
            Restrictions own,
            Instant now) {
        if (certificate.role() != SshCertificate.Role.USER) {
            return new Refused(AuthorizedKeysCodes.CERTIFICATE, "it is a host's");
        }
        Optional<String> forced = line.restrictions().forceCommand();
        if (forced.isPresent()
                && own.forceCommand().isPresent()
                && !forced.equals(own.forceCommand())) {
            return new Refused(
                    AuthorizedKeysCodes.CERTIFICATE, "it forces another command than its line");
        }
        List<String> wanted = line.principals().orElse(List.of(loginName));
        // No principals never match, as since OpenSSH 10.3.
        if (certificate.principals().stream().noneMatch(wanted::contains)) {
            return new Refused(
                    AuthorizedKeysCodes.PRINCIPAL, "none of its principals may log in here");
        }
        if (!CertificateTimes.valid(certificate, now)) {
            return new Refused(RefusalCodes.AUTH_EXPIRED, "it is not valid at " + now);
        }
        return new Fits(
                merge(line.restrictions(), own),
                Stream.of(line.endsAt(), CertificateTimes.end(certificate))
                        .flatMap(Optional::stream)
                        .min(Instant::compareTo));
    }

    /** A permission needs both, a duty needs one. */
    private static Restrictions merge(Restrictions line, Restrictions own) {
        Restrictions both =
                line.withPty(line.pty() && own.pty())
                        .withPortForwarding(line.portForwarding() && own.portForwarding())
                        .withAgentForwarding(line.agentForwarding() && own.agentForwarding())
                        .withX11Forwarding(line.x11Forwarding() && own.x11Forwarding())
                        .withFido(
                                line.userPresence() || own.userPresence(),
                                line.userVerification() || own.userVerification());
        if (own.forceCommand().isPresent()) {
            both = both.withForceCommand(own.forceCommand().get());
        }
        return own.sourceAddresses().isPresent()
                ? both.withSourceAddresses(own.sourceAddresses().get())
                : both;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.auth.Restrictions;
import dev.postern.api.key.SshCertificate;
import dev.postern.api.key.SshCertificate.Option;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a user certificate lets its holder do, judged as sshd does (PROTOCOL.certkeys): an unknown critical option refuses, an
 * unknown extension is ignored, a permission that is absent is denied, and anything behind a value refuses.
 */
public sealed interface CertificateRights {
    /** The certificate narrows what may be done to this. */
    record Narrowed(Restrictions restrictions) implements CertificateRights {}

    /**
     * The certificate must not be used.
     *
     * @param reason for the log and the audit
     */
    record Refused(String reason) implements CertificateRights {}

    /** Reads critical options and extensions. */
    static CertificateRights of(SshCertificate certificate) {
        Restrictions restrictions = Restrictions.NONE;
        Set<String> seen = new HashSet<>();
        boolean verify = false;
        for (Option option : certificate.criticalOptions()) {
            if (option.name().equals("verify-required") && option.data().length() == 0) {
                verify = true;
                continue;
            }
            Optional<String> value = CertificateOptions.text(option);
            if (!seen.add(option.name())) {
                return new Refused("its critical option '" + option.name() + "' is there twice");
            }
            switch (option.name()) {
                case "force-command" -> {
                    if (value.isEmpty()) {
                        return damaged(option);
                    }
                    restrictions = restrictions.withForceCommand(value.get());
                }
                case "source-address" -> {
                    if (value.isEmpty() || !AddressPatterns.areBlocks(value.get())) {
                        return damaged(option);
                    }
                    restrictions =
                            restrictions.withSourceAddresses(AddressPatterns.split(value.get()));
                }
                case "verify-required" -> {
                    return damaged(option);
                }
                default -> {
                    return new Refused(
                            "its critical option '" + option.name() + "' is not known here");
                }
            }
        }
        Set<String> permits = new HashSet<>();
        for (Option extension : certificate.extensions()) {
            switch (extension.name()) {
                case "permit-pty",
                        "permit-port-forwarding",
                        "permit-agent-forwarding",
                        "permit-X11-forwarding",
                        "permit-user-rc",
                        "no-touch-required" -> {
                    if (extension.data().length() != 0) {
                        return damaged(extension);
                    }
                    permits.add(extension.name());
                }
                default -> {}
            }
        }
        return new Narrowed(
                restrictions
                        .withPty(permits.contains("permit-pty"))
                        .withPortForwarding(permits.contains("permit-port-forwarding"))
                        .withAgentForwarding(permits.contains("permit-agent-forwarding"))
                        .withX11Forwarding(permits.contains("permit-X11-forwarding"))
                        .withFido(!permits.contains("no-touch-required"), verify));
    }

    private static Refused damaged(Option option) {
        return new Refused("its option '" + option.name() + "' is damaged");
    }
}

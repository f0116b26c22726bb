// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.key.SshCertificate;
import dev.postern.api.key.SshCertificate.Role;
import dev.postern.keys.CertificateOptions;
import dev.postern.testkit.contract.AuthenticatorContract;
import dev.postern.testkit.contract.AuthenticatorSubject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** The same rules for certificates of a CA that the file names. */
class CertificateContractTest extends AuthenticatorContract {
    @TempDir private Path folder;

    @Override
    protected AuthenticatorSubject subject() {
        return new Subject(folder);
    }

    private static final class Subject implements AuthenticatorSubject {
        private final Authority authority = new Authority();
        private final SshCertificate good = authority.certify(List.of("root", "alice"));
        private final Run run;

        Subject(Path folder) {
            run = new Run(folder, "subject = owner", "cert-authority " + authority.line() + "\n");
        }

        @Override
        public String name() {
            return Run.NAME;
        }

        @Override
        public Authenticator authenticator() {
            return run.authenticator();
        }

        @Override
        public AuthOffer granted() {
            return Run.offer(good, "alice");
        }

        @Override
        public Map<String, AuthOffer> refused() {
            return Map.of(
                    "another CA's",
                    Run.offer(new Authority().certify(List.of("alice")), "alice"),
                    "another principal",
                    Run.offer(good, "bob"),
                    "no principals",
                    Run.offer(authority.certify(List.of()), "alice"),
                    "a host's",
                    Run.offer(
                            authority.certify(Role.HOST, List.of("alice"), List.of(), List.of()),
                            "alice"),
                    "an unknown critical option",
                    Run.offer(
                            authority.certify(
                                    Role.USER,
                                    List.of("alice"),
                                    List.of(CertificateOptions.flag("moon-phase")),
                                    List.of()),
                            "alice"),
                    "a source address that is no block",
                    Run.offer(
                            authority.certify(
                                    Role.USER,
                                    List.of("alice"),
                                    List.of(CertificateOptions.text("source-address", "192.0.2.*")),
                                    List.of()),
                            "alice"));
        }

        @Override
        public Object state() {
            return "nothing is stored";
        }

        @Override
        public Optional<Runnable> revoke() {
            return Optional.of(() -> run.write(""));
        }

        @Override
        public void close() {
            run.close();
        }
    }
}

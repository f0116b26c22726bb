// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.key.SshPublicKey;
import dev.postern.keys.Ed25519KeyPair;
import dev.postern.testkit.contract.AuthenticatorContract;
import dev.postern.testkit.contract.AuthenticatorSubject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class KeyAuthenticatorContractTest extends AuthenticatorContract {
    @TempDir private Path folder;

    @Override
    protected AuthenticatorSubject subject() {
        return new Subject(folder);
    }

    private static final class Subject implements AuthenticatorSubject {
        private final SshPublicKey good = Ed25519KeyPair.generate().publicKey();
        private final SshPublicKey expired = Ed25519KeyPair.generate().publicKey();
        private final SshPublicKey elsewhere = Ed25519KeyPair.generate().publicKey();
        private final SshPublicKey bad = Ed25519KeyPair.generate().publicKey();
        private final SshPublicKey authority = Ed25519KeyPair.generate().publicKey();
        private final Run run;

        Subject(Path folder) {
            run =
                    new Run(
                            folder,
                            "",
                            "expiry-time=\"20251231\" "
                                    + expired.line()
                                    + "\nfrom=\"10.0.0.0/8\" "
                                    + elsewhere.line()
                                    + "\nunknown-option "
                                    + bad.line()
                                    + "\ncert-authority "
                                    + authority.line()
                                    + "\n"
                                    + good.line()
                                    + " alice\n");
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
            return Run.offer(good);
        }

        @Override
        public Map<String, AuthOffer> refused() {
            return Map.of(
                    "an unknown key", Run.offer(Ed25519KeyPair.generate().publicKey()),
                    "an expired key", Run.offer(expired),
                    "a key from another address", Run.offer(elsewhere),
                    "a key with an option that is not known", Run.offer(bad),
                    "a CA's key as if it were a user's", Run.offer(authority));
        }

        @Override
        public Object state() {
            try {
                return Files.readString(run.file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Optional<Runnable> revoke() {
            return Optional.of(() -> run.write("# nobody\n"));
        }

        @Override
        public Optional<Runnable> breakStore() {
            return Optional.of(() -> {
                try {
                    Files.delete(run.file);
                    Files.createDirectory(run.file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        @Override
        public void close() {
            run.close();
        }
    }
}

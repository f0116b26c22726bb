// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract.broken;

import dev.postern.api.auth.AuthContext;
import dev.postern.api.auth.AuthDecision;
import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.auth.Confirmation;
import dev.postern.api.auth.CredentialRef;
import dev.postern.api.auth.Granted;
import dev.postern.api.auth.Identity;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.key.SshPublicKey;
import dev.postern.api.value.Bytes;
import dev.postern.testkit.contract.AuthenticatorContract;
import dev.postern.testkit.contract.AuthenticatorSubject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** The contract over an authenticator that knows one key, sound and with a defect. */
abstract class KeyringRun extends AuthenticatorContract {
    enum Flaw {
        NONE,
        NOTES_USE_IN_EVALUATE,
        ABSTAINS_WHEN_DOWN,
        CONFIRMS_TWICE,
        CONFIRMS_WHAT_WAS_REVOKED
    }

    private final Flaw flaw;
    private final boolean once;

    KeyringRun(Flaw flaw, boolean once) {
        this.flaw = flaw;
        this.once = once;
    }

    static final class Sound extends KeyringRun {
        Sound() {
            super(Flaw.NONE, false);
        }
    }

    static final class SoundOnce extends KeyringRun {
        SoundOnce() {
            super(Flaw.NONE, true);
        }
    }

    static final class NotesUseInEvaluate extends KeyringRun {
        NotesUseInEvaluate() {
            super(Flaw.NOTES_USE_IN_EVALUATE, false);
        }
    }

    static final class AbstainsWhenDown extends KeyringRun {
        AbstainsWhenDown() {
            super(Flaw.ABSTAINS_WHEN_DOWN, false);
        }
    }

    static final class ConfirmsTwice extends KeyringRun {
        ConfirmsTwice() {
            super(Flaw.CONFIRMS_TWICE, true);
        }
    }

    static final class ConfirmsWhatWasRevoked extends KeyringRun {
        ConfirmsWhatWasRevoked() {
            super(Flaw.CONFIRMS_WHAT_WAS_REVOKED, false);
        }
    }

    @Override
    protected AuthenticatorSubject subject() {
        return new Keyring(flaw, once);
    }

    private static final class Keyring implements AuthenticatorSubject, Authenticator {
        private static final SshPublicKey KNOWN =
                new SshPublicKey("ssh-ed25519", Bytes.utf8("known"));
        private static final SshPublicKey UNKNOWN =
                new SshPublicKey("ssh-ed25519", Bytes.utf8("unknown"));

        private final Flaw flaw;
        private final boolean once;
        private int uses;
        private boolean revoked;
        private boolean down;
        private boolean stalled;

        Keyring(Flaw flaw, boolean once) {
            this.flaw = flaw;
            this.once = once;
        }

        @Override
        public AuthDecision evaluate(AuthOffer offer) throws InterruptedException {
            stallIfAsked();
            synchronized (this) {
                if (down) {
                    if (flaw == Flaw.ABSTAINS_WHEN_DOWN) {
                        return AuthDecision.ABSTAINED;
                    }
                    throw new IllegalStateException("The store is down");
                }
                if (!(offer instanceof AuthOffer.PlainKey(var _, SshPublicKey key))
                        || !key.equals(KNOWN)) {
                    return AuthDecision.ABSTAINED;
                }
                if (revoked || (once && uses > 0 && flaw != Flaw.CONFIRMS_TWICE)) {
                    return new AuthDecision.Denied(RefusalCodes.AUTH_REVOKED, "revoked or used");
                }
                if (flaw == Flaw.NOTES_USE_IN_EVALUATE) {
                    uses++;
                }
                return new Granted(
                        List.of(new Identity(name(), "alice")),
                        new CredentialRef(name(), "1"),
                        Optional.empty(),
                        Optional.empty(),
                        Restrictions.NONE,
                        Optional.empty());
            }
        }

        @Override
        public synchronized Confirmation confirm(AuthOffer offer, Granted granted) {
            if (down) {
                throw new IllegalStateException("The store is down");
            }
            boolean used = once && uses > 0 && flaw != Flaw.CONFIRMS_TWICE;
            if (used || (revoked && flaw != Flaw.CONFIRMS_WHAT_WAS_REVOKED)) {
                return new Confirmation.Refused(RefusalCodes.AUTH_REVOKED, "revoked or used");
            }
            uses++;
            return Confirmation.CONFIRMED;
        }

        private void stallIfAsked() throws InterruptedException {
            boolean wait;
            synchronized (this) {
                wait = stalled;
            }
            if (wait) {
                new CountDownLatch(1).await();
            }
        }

        @Override
        public String name() {
            return "keyring";
        }

        @Override
        public Authenticator authenticator() {
            return this;
        }

        @Override
        public AuthOffer granted() {
            return offer(KNOWN);
        }

        @Override
        public Map<String, AuthOffer> refused() {
            return Map.of("an unknown key", offer(UNKNOWN));
        }

        @Override
        public boolean oneTime() {
            return once;
        }

        @Override
        public synchronized Object state() {
            return uses;
        }

        @Override
        public Optional<Runnable> revoke() {
            return Optional.of(() -> {
                synchronized (this) {
                    revoked = true;
                }
            });
        }

        @Override
        public Optional<Runnable> breakStore() {
            return Optional.of(() -> {
                synchronized (this) {
                    down = true;
                }
            });
        }

        @Override
        public Optional<Runnable> stallStore() {
            return Optional.of(() -> {
                synchronized (this) {
                    stalled = true;
                }
            });
        }

        @Override
        public void close() {}

        private static AuthOffer offer(SshPublicKey key) {
            return new AuthOffer.PlainKey(
                    new AuthContext(
                            "c",
                            "main",
                            "ssh",
                            "demo",
                            Optional.of("demo"),
                            Optional.empty(),
                            Optional.empty()),
                    key);
        }
    }
}

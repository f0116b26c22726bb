// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import dev.postern.api.auth.AuthDecision;
import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.auth.Confirmation;
import dev.postern.api.auth.CredentialRef;
import dev.postern.api.auth.Granted;
import dev.postern.api.auth.Identity;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.key.SshPublicKey;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Grants a key that is stored for a user who is not disabled. */
final class KeyAuthenticator implements Authenticator {
    private final String component;
    private final PubkeyDbSettings settings;
    private final KeyStore store;
    private final InstantSource clock;

    KeyAuthenticator(
            String component, PubkeyDbSettings settings, KeyStore store, InstantSource clock) {
        this.component = component;
        this.settings = settings;
        this.store = store;
        this.clock = clock;
    }

    @Override
    public AuthDecision evaluate(AuthOffer offer) throws InterruptedException {
        if (!(offer instanceof AuthOffer.PlainKey plain) || !settings.accepts(plain.key())) {
            return AuthDecision.ABSTAINED;
        }
        SshPublicKey key = plain.key();
        String line = key.line();
        // One path for a known and an unknown key. A disabled user's key is nobody's.
        List<KeyOwner> owners =
                answer(() -> store.owners(key.fingerprint())).stream()
                        .filter(o -> o.publicKey().equals(line) && !o.disabled())
                        .toList();
        if (owners.isEmpty()) {
            return AuthDecision.ABSTAINED;
        }
        KeyOwner first = owners.getFirst();
        if (first.expiresAt().filter(end -> !clock.instant().isBefore(end)).isPresent()) {
            return new AuthDecision.Denied(
                    RefusalCodes.AUTH_EXPIRED, "key " + first.keyId() + " has expired");
        }
        return new Granted(
                owners.stream().map(o -> new Identity(component, o.user(), o.team())).toList(),
                new CredentialRef(component, first.keyId()),
                Optional.empty(),
                Optional.empty(),
                Restrictions.NONE,
                first.expiresAt());
    }

    @Override
    public Confirmation confirm(AuthOffer offer, Granted granted) throws InterruptedException {
        String id = granted.credential().id();
        return answer(() -> store.use(id))
                ? Confirmation.CONFIRMED
                : new Confirmation.Refused(
                        PubkeyDbCodes.GONE, "key " + id + " or its user has ended meanwhile");
    }

    /** A store that was interrupted says so with a failure and the flag. */
    private static <T> T answer(Supplier<T> lookup) throws InterruptedException {
        try {
            return lookup.get();
        } catch (PosternException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw e;
        }
    }
}

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
import dev.postern.api.key.SshPublicKey;
import dev.postern.database.DatabaseCodes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Grants a key that is stored for a user who is not disabled. */
final class KeyAuthenticator implements Authenticator {
    private final String component;
    private final PubkeyDbSettings settings;
    private final KeyStore store;
    private final ExecutorService lookups;

    KeyAuthenticator(
            String component, PubkeyDbSettings settings, KeyStore store, ExecutorService lookups) {
        this.component = component;
        this.settings = settings;
        this.store = store;
        this.lookups = lookups;
    }

    @Override
    public AuthDecision evaluate(AuthOffer offer) throws InterruptedException {
        if (!(offer instanceof AuthOffer.PlainKey plain) || !settings.accepts(plain.key())) {
            return AuthDecision.ABSTAINED;
        }
        SshPublicKey key = plain.key();
        String line = key.line();
        // Expiry is the gateway's to judge, from notAfter, so that it can say so; a disabled user
        // is nobody's business.
        List<KeyOwner> owners =
                within(() -> store.owners(key.fingerprint())).stream()
                        .filter(o -> o.publicKey().equals(line) && !o.disabled())
                        .toList();
        if (owners.isEmpty()) {
            return AuthDecision.ABSTAINED;
        }
        KeyOwner first = owners.getFirst();
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
        return within(() -> store.use(id))
                ? Confirmation.CONFIRMED
                : new Confirmation.Refused(
                        PubkeyDbCodes.GONE, "key " + id + " or its user has ended meanwhile");
    }

    /** A database that hangs must not hold a login longer than the configured time. */
    private <T> T within(Callable<T> lookup) throws InterruptedException {
        Future<T> answer = lookups.submit(lookup);
        try {
            return answer.get(settings.lookupTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new PosternException(
                    DatabaseCodes.UNAVAILABLE,
                    "The database did not answer within "
                            + settings.lookupTimeout().toMillis()
                            + " ms",
                    e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PosternException failure) {
                throw failure;
            }
            throw new PosternException(DatabaseCodes.UNAVAILABLE, "The look-up failed", e);
        } finally {
            answer.cancel(true);
        }
    }
}

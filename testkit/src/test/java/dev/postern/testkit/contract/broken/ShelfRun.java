// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract.broken;

import dev.postern.api.auth.Identity;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.sandbox.Resolution;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.api.sandbox.SandboxRequest;
import dev.postern.api.sandbox.SandboxResolver;
import dev.postern.api.sandbox.SandboxState;
import dev.postern.testkit.contract.ResolverSubject;
import dev.postern.testkit.contract.SandboxResolverContract;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** The contract over a resolver that knows one sandbox, sound and with a defect. */
abstract class ShelfRun extends SandboxResolverContract {
    enum Flaw {
        NONE,
        WAKES_BY_LOOKING,
        TRUSTS_NAMES,
        TRIMS_NAMES,
        NOT_FOUND_WHEN_DOWN
    }

    private final Flaw flaw;

    ShelfRun(Flaw flaw) {
        this.flaw = flaw;
    }

    static final class Sound extends ShelfRun {
        Sound() {
            super(Flaw.NONE);
        }
    }

    static final class WakesByLooking extends ShelfRun {
        WakesByLooking() {
            super(Flaw.WAKES_BY_LOOKING);
        }
    }

    static final class TrustsNames extends ShelfRun {
        TrustsNames() {
            super(Flaw.TRUSTS_NAMES);
        }
    }

    static final class TrimsNames extends ShelfRun {
        TrimsNames() {
            super(Flaw.TRIMS_NAMES);
        }
    }

    static final class NotFoundWhenDown extends ShelfRun {
        NotFoundWhenDown() {
            super(Flaw.NOT_FOUND_WHEN_DOWN);
        }
    }

    @Override
    protected ResolverSubject subject() {
        return new Shelf(flaw);
    }

    private static final class Shelf implements ResolverSubject, SandboxResolver {
        private final Flaw flaw;
        private final AtomicInteger wakeUps = new AtomicInteger();
        private final AtomicBoolean down = new AtomicBoolean();

        Shelf(Flaw flaw) {
            this.flaw = flaw;
        }

        @Override
        public Resolution resolve(SandboxRequest request) {
            if (down.get()) {
                return flaw == Flaw.NOT_FOUND_WHEN_DOWN
                        ? new Resolution.NotFound()
                        : new Resolution.Unavailable(
                                RefusalCodes.SANDBOX_UNAVAILABLE, Optional.empty());
            }
            String asked = request.sandbox().orElse("");
            if (flaw == Flaw.TRIMS_NAMES) {
                asked = asked.strip();
            }
            if (!asked.equals(sandbox())) {
                return new Resolution.NotFound();
            }
            if (flaw == Flaw.WAKES_BY_LOOKING) {
                wakeUps.incrementAndGet();
            }
            return request.identities().stream()
                    .filter(this::isOwner)
                    .findFirst()
                    .<Resolution>map(actor ->
                            new Resolution.Found(
                                    new SandboxRef(name(), sandbox(), "1", "host", Map.of()),
                                    actor,
                                    SandboxState.STOPPED,
                                    Optional.empty(),
                                    Restrictions.NONE,
                                    Optional.empty()))
                    .orElseGet(() -> new Resolution.Forbidden("not the owner"));
        }

        private boolean isOwner(Identity identity) {
            return flaw == Flaw.TRUSTS_NAMES
                    ? identity.subject().equals(owner().subject())
                    : identity.equals(owner());
        }

        @Override
        public String name() {
            return "shelf";
        }

        @Override
        public SandboxResolver resolver() {
            return this;
        }

        @Override
        public String sandbox() {
            return "demo";
        }

        @Override
        public Identity owner() {
            return new Identity("keyring", "alice");
        }

        @Override
        public Identity stranger() {
            return new Identity("keyring", "bob");
        }

        @Override
        public Object state() {
            return wakeUps.get();
        }

        @Override
        public Optional<Runnable> breakStore() {
            return Optional.of(() -> down.set(true));
        }

        @Override
        public void close() {}
    }
}

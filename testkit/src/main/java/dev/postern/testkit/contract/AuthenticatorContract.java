// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.api.auth.AuthDecision;
import dev.postern.api.auth.Confirmation;
import dev.postern.api.auth.Granted;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What every {@link dev.postern.api.auth.Authenticator} must do: the rules AU-xx of {@code docs/spi-contract.md}. */
public abstract class AuthenticatorContract {
    private AuthenticatorSubject subject;

    /** Makes an authenticator with a store of its own; called for each rule. */
    protected abstract AuthenticatorSubject subject() throws Exception;

    @BeforeEach
    void makeSubject() throws Exception {
        subject = subject();
    }

    @AfterEach
    void closeSubject() {
        if (subject != null) {
            subject.close();
        }
    }

    private AuthDecision evaluate() {
        return Waits.within("evaluate", () -> subject.authenticator().evaluate(subject.granted()));
    }

    private Granted grant() {
        AuthDecision decision = evaluate();
        assertThat(decision).as("the offer that is to be granted").isInstanceOf(Granted.class);
        return (Granted) decision;
    }

    private Confirmation confirm(Granted granted) {
        return Waits.within(
                "confirm", () -> subject.authenticator().confirm(subject.granted(), granted));
    }

    @Nested
    @DisplayName("The judgement")
    class Judgement {
        @Test
        @Rule("AU-01")
        @DisplayName("grants what is known, with identities and a credential of this component")
        void grants() {
            Granted granted = grant();
            assertThat(granted.identities())
                    .allSatisfy(identity ->
                            assertThat(identity.authenticator()).isEqualTo(subject.name()));
            assertThat(granted.credential().authenticator()).isEqualTo(subject.name());
            assertThat(granted.credential().id()).isNotEmpty();
        }

        @Test
        @Rule("AU-02")
        @DisplayName("does not grant what must be refused, and says so by a value")
        void refuses() {
            assertThat(subject.refused()).isNotEmpty();
            subject.refused()
                    .forEach((why, offer) -> {
                        AuthDecision decision =
                                Waits.within(why, () -> subject.authenticator().evaluate(offer));
                        assertThat(decision).as(why).isNotInstanceOf(Granted.class);
                    });
        }

        @Test
        @Rule("AU-03")
        @DisplayName("is the same when it is asked again")
        void repeats() {
            AuthDecision first = evaluate();
            for (int i = 0; i < 5; i++) {
                assertThat(evaluate()).isEqualTo(first);
            }
            subject.refused()
                    .forEach((why, offer) -> {
                        AuthDecision one =
                                Waits.within(why, () -> subject.authenticator().evaluate(offer));
                        assertThat(Waits.within(why, () -> subject.authenticator().evaluate(offer)))
                                .as(why)
                                .isEqualTo(one);
                    });
        }

        @Test
        @Rule("AU-04")
        @DisplayName("changes nothing")
        void changesNothing() {
            Object before = subject.state();
            evaluate();
            subject.refused()
                    .forEach((why, offer) ->
                            Waits.within(why, () -> subject.authenticator().evaluate(offer)));
            assertThat(subject.state())
                    .as("what is stored, after public key queries that prove nothing")
                    .isEqualTo(before);
        }

        @Test
        @Rule("AU-05")
        @DisplayName("is the same for fifty at once")
        void concurrent() {
            AuthDecision first = evaluate();
            List<CompletableFuture<AuthDecision>> all =
                    IntStream.range(0, 50)
                            .mapToObj(i ->
                                    Waits.begin(
                                            "evaluate",
                                            () ->
                                                    subject.authenticator()
                                                            .evaluate(subject.granted())))
                            .toList();
            all.forEach(one -> assertThat(Waits.get("evaluate", one)).isEqualTo(first));
        }

        @Test
        @Rule("AU-06")
        @DisplayName("ends within a second when it is interrupted")
        void interrupted() {
            Optional<Runnable> stall = subject.stallStore();
            assumeTrue(stall.isPresent(), "The author cannot make the store stall");
            stall.get().run();
            CompletableFuture<Boolean> ended = new CompletableFuture<>();
            Thread asking =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    subject.authenticator().evaluate(subject.granted());
                                    ended.complete(false);
                                } catch (InterruptedException | RuntimeException e) {
                                    ended.complete(true);
                                }
                            });
            assertThat(Waits.staysOpen(ended)).as("the store stalls").isTrue();
            long begun = System.nanoTime();
            asking.interrupt();
            assertThat(Waits.get("end after an interrupt", ended))
                    .as("an interrupted judgement is no answer")
                    .isTrue();
            assertThat(System.nanoTime() - begun).as("nanoseconds").isLessThan(1_000_000_000L);
        }

        @Test
        @Rule("AU-07")
        @DisplayName("is an exception, neither a grant nor an abstention, when the store is down")
        void storeDown() {
            Optional<Runnable> down = subject.breakStore();
            assumeTrue(down.isPresent(), "The author cannot make the store fail");
            down.get().run();
            Object answer =
                    Waits.within(
                            "evaluate",
                            () -> {
                                try {
                                    return subject.authenticator().evaluate(subject.granted());
                                } catch (RuntimeException e) {
                                    return e;
                                }
                            });
            assertThat(answer).isInstanceOf(RuntimeException.class);
        }

        @Test
        @Rule("AU-08")
        @DisplayName("does not grant what was revoked")
        void revoked() {
            Optional<Runnable> revoke = subject.revoke();
            assumeTrue(revoke.isPresent(), "Nothing can be revoked here");
            grant();
            revoke.get().run();
            assertThat(evaluate()).isNotInstanceOf(Granted.class);
        }
    }

    @Nested
    @DisplayName("The confirmation")
    class TheConfirmation {
        @Test
        @Rule("AU-09")
        @DisplayName("confirms what was granted")
        void confirms() {
            assertThat(confirm(grant())).isEqualTo(Confirmation.CONFIRMED);
        }

        @Test
        @Rule("AU-10")
        @DisplayName("consumes a credential that is good once, and no other")
        void consumes() {
            Granted granted = grant();
            assertThat(confirm(granted)).isEqualTo(Confirmation.CONFIRMED);
            if (subject.oneTime()) {
                assertThat(confirm(granted))
                        .as("a second login")
                        .isInstanceOf(Confirmation.Refused.class);
                assertThat(evaluate()).as("a later offer").isNotInstanceOf(Granted.class);
            } else {
                assertThat(confirm(grant())).as("a second login").isEqualTo(Confirmation.CONFIRMED);
            }
        }

        @Test
        @Rule("AU-11")
        @DisplayName("of a credential that is good once lets one of many through")
        void race() {
            assumeTrue(subject.oneTime(), "The credential is good more than once");
            Granted granted = grant();
            List<CompletableFuture<Confirmation>> all =
                    IntStream.range(0, 20)
                            .mapToObj(i ->
                                    Waits.begin(
                                            "confirm",
                                            () ->
                                                    subject.authenticator()
                                                            .confirm(subject.granted(), granted)))
                            .toList();
            List<Confirmation> answers =
                    all.stream().map(one -> Waits.get("confirm", one)).toList();
            assertThat(Collections.frequency(answers, Confirmation.CONFIRMED)).isEqualTo(1);
        }

        @Test
        @Rule("AU-12")
        @DisplayName("is refused, or fails, when the credential was revoked meanwhile")
        void revokedMeanwhile() {
            Optional<Runnable> revoke = subject.revoke();
            assumeTrue(revoke.isPresent(), "Nothing can be revoked here");
            Granted granted = grant();
            revoke.get().run();
            Object answer =
                    Waits.within(
                            "confirm",
                            () -> {
                                try {
                                    return subject.authenticator()
                                            .confirm(subject.granted(), granted);
                                } catch (RuntimeException e) {
                                    return e;
                                }
                            });
            assertThat(answer).isNotEqualTo(Confirmation.CONFIRMED);
        }

        @Test
        @Rule("AU-13")
        @DisplayName("never confirms what it could not store")
        void storeDown() {
            Optional<Runnable> down = subject.breakStore();
            assumeTrue(down.isPresent(), "The author cannot make the store fail");
            assumeTrue(
                    subject.oneTime(),
                    "Only a credential that is good once must be stored as used");
            Granted granted = grant();
            down.get().run();
            Object answer =
                    Waits.within(
                            "confirm",
                            () -> {
                                try {
                                    return subject.authenticator()
                                            .confirm(subject.granted(), granted);
                                } catch (RuntimeException e) {
                                    return e;
                                }
                            });
            assertThat(answer).isInstanceOfAny(Confirmation.Refused.class, RuntimeException.class);
        }
    }
}

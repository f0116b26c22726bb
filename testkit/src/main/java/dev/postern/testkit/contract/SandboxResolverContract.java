// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.api.auth.Identity;
import dev.postern.api.sandbox.Resolution;
import dev.postern.api.sandbox.SandboxRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every {@link dev.postern.api.sandbox.SandboxResolver} must do: the rules SB-xx of {@code docs/spi-contract.md}.
 */
public abstract class SandboxResolverContract {
    private ResolverSubject subject;

    /** Makes a resolver with a store of its own; called for each rule. */
    protected abstract ResolverSubject subject() throws Exception;

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

    private static SandboxRequest request(Optional<String> sandbox, List<Identity> identities) {
        return new SandboxRequest(
                "contract", "main", sandbox, identities, Optional.empty(), Optional.empty());
    }

    private Resolution resolve(String sandbox, Identity... identities) {
        return resolve(request(Optional.of(sandbox), List.of(identities)));
    }

    private Resolution resolve(SandboxRequest request) {
        return Waits.within("resolve", () -> subject.resolver().resolve(request));
    }

    @Nested
    @DisplayName("The owner")
    class Owner {
        @Test
        @Rule("SB-01")
        @DisplayName("finds the sandbox, with a ref of this resolver")
        void found() {
            Resolution resolution = resolve(subject.sandbox(), subject.owner());
            assertThat(resolution)
                    .isInstanceOfSatisfying(
                            Resolution.Found.class,
                            found -> {
                                assertThat(found.sandbox().resolver()).isEqualTo(subject.name());
                                assertThat(found.sandbox().id()).isNotEmpty();
                                assertThat(found.sandbox().backend()).isNotEmpty();
                                assertThat(found.actor()).isEqualTo(subject.owner());
                            });
        }

        @Test
        @Rule("SB-02")
        @DisplayName("acts, where one key stands for several people")
        void picksTheActor() {
            Resolution resolution = resolve(subject.sandbox(), subject.stranger(), subject.owner());
            assertThat(resolution)
                    .isInstanceOfSatisfying(
                            Resolution.Found.class,
                            found -> assertThat(found.actor()).isEqualTo(subject.owner()));
        }

        @Test
        @Rule("SB-03")
        @DisplayName("gets the same answer each time, and fifty times at once")
        void repeats() {
            Resolution first = resolve(subject.sandbox(), subject.owner());
            List<CompletableFuture<Resolution>> all =
                    IntStream.range(0, 50)
                            .mapToObj(i ->
                                    Waits.begin(
                                            "resolve",
                                            () ->
                                                    subject.resolver()
                                                            .resolve(
                                                                    request(
                                                                            Optional.of(
                                                                                    subject
                                                                                            .sandbox()),
                                                                            List.of(
                                                                                    subject
                                                                                            .owner())))))
                            .toList();
            all.forEach(one -> assertThat(Waits.get("resolve", one)).isEqualTo(first));
        }

        @Test
        @Rule("SB-04")
        @DisplayName("wakes nothing by looking")
        void wakesNothing() {
            Object before = subject.state();
            resolve(subject.sandbox(), subject.owner());
            resolve(subject.sandbox(), subject.stranger());
            resolve("no-such-sandbox", subject.owner());
            assertThat(subject.state()).as("what a look-up must not change").isEqualTo(before);
        }

        @Test
        @Rule("SB-05")
        @DisplayName("does not find a sandbox that has ended")
        void ended() {
            Optional<String> ended = subject.ended();
            assumeTrue(ended.isPresent(), "This resolver forgets sandboxes that have ended");
            assertThat(resolve(ended.get(), subject.owner()))
                    .isNotInstanceOf(Resolution.Found.class);
        }
    }

    @Nested
    @DisplayName("Others")
    class Others {
        @Test
        @Rule("SB-06")
        @DisplayName("do not find it, and learn so by a value")
        void stranger() {
            assertThat(resolve(subject.sandbox(), subject.stranger()))
                    .isInstanceOfAny(Resolution.Forbidden.class, Resolution.NotFound.class);
        }

        @Test
        @Rule("SB-07")
        @DisplayName("of the owner's name but of another authenticator do not find it")
        void otherAuthenticator() {
            Identity owner = subject.owner();
            Identity namesake =
                    new Identity("kit-other-authenticator", owner.subject(), owner.team());
            assertThat(resolve(subject.sandbox(), namesake))
                    .isInstanceOfAny(Resolution.Forbidden.class, Resolution.NotFound.class);
        }
    }

    @Nested
    @DisplayName("A name")
    class Names {
        @Test
        @Rule("SB-08")
        @DisplayName("that nobody knows is not found, by a value")
        void unknown() {
            assertThat(resolve("no-such-sandbox", subject.owner()))
                    .isInstanceOf(Resolution.NotFound.class);
        }

        @Test
        @Rule("SB-09")
        @DisplayName("that means harm is not found either")
        void hostile() {
            List<String> names =
                    List.of(
                            "",
                            " ",
                            ".",
                            "..",
                            "../" + subject.sandbox(),
                            subject.sandbox() + "/",
                            subject.sandbox() + "\u0000",
                            subject.sandbox() + "\n",
                            " " + subject.sandbox(),
                            "' OR '1'='1",
                            "%",
                            "_".repeat(subject.sandbox().length()),
                            "*",
                            "a?b=c&d#e",
                            "\u202e\u0000\ud800",
                            "x".repeat(100_000));
            for (String name : names) {
                assertThat(resolve(name, subject.owner()))
                        .as("'%s'", name.length() > 40 ? name.length() + " characters" : name)
                        .isNotInstanceOf(Resolution.Found.class);
            }
        }

        @Test
        @Rule("SB-10")
        @DisplayName("may be missing: then only the credential could tell")
        void missing() {
            Resolution resolution = resolve(request(Optional.empty(), List.of(subject.stranger())));
            assertThat(resolution).isNotInstanceOf(Resolution.Found.class);
        }
    }

    @Nested
    @DisplayName("The store")
    class Store {
        @Test
        @Rule("SB-11")
        @DisplayName(
                "that is down is Unavailable or an exception, never a grant and never NotFound")
        void down() {
            Optional<Runnable> down = subject.breakStore();
            assumeTrue(down.isPresent(), "The author cannot make the store fail");
            down.get().run();
            Object answer =
                    Waits.within(
                            "resolve",
                            () -> {
                                try {
                                    return subject.resolver()
                                            .resolve(
                                                    request(
                                                            Optional.of(subject.sandbox()),
                                                            List.of(subject.owner())));
                                } catch (RuntimeException e) {
                                    return e;
                                }
                            });
            assertThat(answer)
                    .isInstanceOfAny(Resolution.Unavailable.class, RuntimeException.class);
        }

        @Test
        @Rule("SB-12")
        @DisplayName("that stalls is left within a second of an interrupt")
        void stalls() {
            Optional<Runnable> stall = subject.stallStore();
            assumeTrue(stall.isPresent(), "The author cannot make the store stall");
            stall.get().run();
            CompletableFuture<Boolean> ended = new CompletableFuture<>();
            Thread asking =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    Resolution answer =
                                            subject.resolver()
                                                    .resolve(
                                                            request(
                                                                    Optional.of(subject.sandbox()),
                                                                    List.of(subject.owner())));
                                    ended.complete(!(answer instanceof Resolution.Found));
                                } catch (InterruptedException | RuntimeException e) {
                                    ended.complete(true);
                                }
                            });
            assertThat(Waits.staysOpen(ended)).as("the store stalls").isTrue();
            long begun = System.nanoTime();
            asking.interrupt();
            assertThat(Waits.get("end after an interrupt", ended)).isTrue();
            assertThat(System.nanoTime() - begun).as("nanoseconds").isLessThan(1_000_000_000L);
        }
    }
}

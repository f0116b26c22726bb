// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.api.sandbox.ResumeRequest;
import dev.postern.api.sandbox.ResumeResult;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.api.sandbox.SandboxState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What every {@link dev.postern.api.sandbox.ResumeHook} must do: the rules RH-xx of {@code docs/spi-contract.md}. */
public abstract class ResumeHookContract {
    private ResumeSubject subject;

    /** Makes a hook and its sandboxes; called for each rule. */
    protected abstract ResumeSubject subject() throws Exception;

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

    private ResumeResult resume(SandboxRef sandbox, SandboxState state) {
        return Waits.within(
                "resume",
                () -> subject.hook().resume(new ResumeRequest(sandbox, state, Waits.timeout())));
    }

    private SandboxRef wake() {
        ResumeResult result = resume(subject.sleeping(), SandboxState.STOPPED);
        assertThat(result).isInstanceOf(ResumeResult.Running.class);
        return ((ResumeResult.Running) result).sandbox();
    }

    @Nested
    @DisplayName("A sandbox")
    class Sandbox {
        @Test
        @Rule("RH-01")
        @DisplayName("that sleeps runs when the hook returns, and is the same sandbox")
        void wakes() {
            SandboxRef before = subject.sleeping();
            SandboxRef after = wake();
            assertThat(subject.runs(after)).isTrue();
            assertThat(after.resolver()).isEqualTo(before.resolver());
            assertThat(after.id()).isEqualTo(before.id());
            assertThat(after.backend()).isEqualTo(before.backend());
        }

        @Test
        @Rule("RH-02")
        @DisplayName("that runs already is answered as running, whatever the caller believed")
        void alreadyRuns() {
            SandboxRef awake = wake();
            assertThat(resume(awake, SandboxState.RUNNING))
                    .isEqualTo(new ResumeResult.Running(awake));
            assertThat(resume(subject.sleeping(), SandboxState.UNKNOWN))
                    .isInstanceOf(ResumeResult.Running.class);
            assertThat(subject.runs(awake)).isTrue();
        }

        @Test
        @Rule("RH-03")
        @DisplayName("of somebody else is not mine, and stays as it is")
        void foreign() {
            boolean before = subject.runs(subject.foreign());
            assertThat(resume(subject.foreign(), SandboxState.STOPPED))
                    .isInstanceOf(ResumeResult.NotMine.class);
            assertThat(subject.runs(subject.foreign())).isEqualTo(before);
        }

        @Test
        @Rule("RH-04")
        @DisplayName("that cannot be woken fails by a value with a code")
        void fails() {
            Optional<SandboxRef> failing = subject.failing();
            assumeTrue(failing.isPresent(), "The author has no sandbox that cannot be woken");
            assertThat(resume(failing.get(), SandboxState.STOPPED))
                    .isInstanceOf(ResumeResult.Failed.class);
        }

        @Test
        @Rule("RH-05")
        @DisplayName("that takes for ever is left within a second of an interrupt")
        void interrupted() {
            Optional<SandboxRef> stalling = subject.stalling();
            assumeTrue(stalling.isPresent(), "The author has no sandbox that takes for ever");
            CompletableFuture<Boolean> ended = new CompletableFuture<>();
            Thread waiting =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    ResumeResult result =
                                            subject.hook()
                                                    .resume(
                                                            new ResumeRequest(
                                                                    stalling.get(),
                                                                    SandboxState.STOPPED,
                                                                    Waits.timeout()));
                                    ended.complete(!(result instanceof ResumeResult.Running));
                                } catch (InterruptedException | RuntimeException e) {
                                    ended.complete(true);
                                }
                            });
            assertThat(Waits.staysOpen(ended)).as("the sandbox takes for ever").isTrue();
            long begun = System.nanoTime();
            waiting.interrupt();
            assertThat(Waits.get("end after an interrupt", ended)).isTrue();
            assertThat(System.nanoTime() - begun).as("nanoseconds").isLessThan(1_000_000_000L);
        }
    }
}

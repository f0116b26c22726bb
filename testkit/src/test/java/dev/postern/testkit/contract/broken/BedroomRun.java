// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract.broken;

import dev.postern.api.error.RefusalCodes;
import dev.postern.api.sandbox.ResumeHook;
import dev.postern.api.sandbox.ResumeRequest;
import dev.postern.api.sandbox.ResumeResult;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.testkit.contract.ResumeHookContract;
import dev.postern.testkit.contract.ResumeSubject;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** The contract over a hook that wakes what is its own, sound and with a defect. */
abstract class BedroomRun extends ResumeHookContract {
    enum Flaw {
        NONE,
        WAKES_EVERYBODY,
        ANSWERS_BEFORE_IT_RUNS
    }

    private final Flaw flaw;

    BedroomRun(Flaw flaw) {
        this.flaw = flaw;
    }

    static final class Sound extends BedroomRun {
        Sound() {
            super(Flaw.NONE);
        }
    }

    static final class WakesEverybody extends BedroomRun {
        WakesEverybody() {
            super(Flaw.WAKES_EVERYBODY);
        }
    }

    static final class AnswersBeforeItRuns extends BedroomRun {
        AnswersBeforeItRuns() {
            super(Flaw.ANSWERS_BEFORE_IT_RUNS);
        }
    }

    @Override
    protected ResumeSubject subject() {
        return new Bedroom(flaw);
    }

    private static final class Bedroom implements ResumeSubject, ResumeHook {
        private final Flaw flaw;
        private final Set<String> awake = ConcurrentHashMap.newKeySet();
        private boolean second;

        Bedroom(Flaw flaw) {
            this.flaw = flaw;
        }

        @Override
        public ResumeResult resume(ResumeRequest request) throws InterruptedException {
            String id = request.sandbox().id();
            if (id.equals("foreign") && flaw != Flaw.WAKES_EVERYBODY) {
                return ResumeResult.NOT_MINE;
            }
            if (id.equals("failing")) {
                return new ResumeResult.Failed(
                        RefusalCodes.RESUME_FAILED, "it is broken", Optional.empty());
            }
            if (id.equals("stalling")) {
                new CountDownLatch(1).await();
            }
            if (flaw != Flaw.ANSWERS_BEFORE_IT_RUNS || second) {
                awake.add(id);
            }
            second = true;
            return new ResumeResult.Running(request.sandbox());
        }

        private static SandboxRef ref(String id) {
            return new SandboxRef("shelf", id, "", "host", Map.of());
        }

        @Override
        public ResumeHook hook() {
            return this;
        }

        @Override
        public SandboxRef sleeping() {
            return ref("sleeping");
        }

        @Override
        public SandboxRef foreign() {
            return ref("foreign");
        }

        @Override
        public Optional<SandboxRef> failing() {
            return Optional.of(ref("failing"));
        }

        @Override
        public Optional<SandboxRef> stalling() {
            return Optional.of(ref("stalling"));
        }

        @Override
        public boolean runs(SandboxRef sandbox) {
            return awake.contains(sandbox.id());
        }

        @Override
        public void close() {}
    }
}

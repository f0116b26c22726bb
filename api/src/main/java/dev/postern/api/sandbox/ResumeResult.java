// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.sandbox;

import dev.postern.api.error.RefusalCode;
import java.time.Duration;
import java.util.Optional;

/** What became of waking. */
public sealed interface ResumeResult {
    /**
     * It runs and can be reached.
     *
     * @param sandbox the ref as it is after waking; an address may exist only now
     */
    record Running(SandboxRef sandbox) implements ResumeResult {}

    /** Not a sandbox of this hook; the next one is asked. */
    record NotMine() implements ResumeResult {}

    /**
     * It cannot be woken.
     *
     * @param code the stable code
     * @param message one sentence for the log
     * @param retryAfter when it is worth trying again, if known
     */
    record Failed(RefusalCode code, String message, Optional<Duration> retryAfter)
            implements ResumeResult {}

    /** The one instance for a sandbox of somebody else. */
    NotMine NOT_MINE = new NotMine();
}

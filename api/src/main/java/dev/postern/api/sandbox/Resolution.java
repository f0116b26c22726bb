// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.sandbox;

import dev.postern.api.auth.Identity;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.error.RefusalCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A resolver's answer. */
public sealed interface Resolution {
    /**
     * The sandbox exists and this person may open it.
     *
     * @param sandbox how to reach it
     * @param actor the identity that acts, one of those in the request
     * @param state what is known without waking it
     * @param guestUser the user inside, where the resolver fixes it
     * @param restrictions how the resolver narrows what may be done
     * @param endsAt when the sandbox ends; live connections end with it
     */
    record Found(
            SandboxRef sandbox,
            Identity actor,
            SandboxState state,
            Optional<String> guestUser,
            Restrictions restrictions,
            Optional<Instant> endsAt)
            implements Resolution {}

    /** There is none of that name. The client cannot tell this from {@link Forbidden}. */
    record NotFound() implements Resolution {}

    /**
     * It exists and this person may not open it.
     *
     * @param reason for the audit and the log
     */
    record Forbidden(String reason) implements Resolution {}

    /**
     * It lives in another region.
     *
     * @param host the host to use instead
     * @param port its port
     */
    record OtherRegion(String host, int port) implements Resolution {}

    /**
     * The resolver cannot answer now; never a grant.
     *
     * @param code the stable code
     * @param retryAfter when it is worth trying again, if known
     */
    record Unavailable(RefusalCode code, Optional<Duration> retryAfter) implements Resolution {}
}

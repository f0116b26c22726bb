// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.sandbox;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Makes and ends sandboxes on behalf of a registry or a route.
 *
 * <p>Called on virtual threads, any number at once; it may block. {@link #stop} and {@link #destroy} are idempotent.
 */
public interface SandboxProvisioner {
    /**
     * Makes a sandbox and starts it.
     *
     * @param request what to make
     * @return how to reach it
     * @throws InterruptedException if the caller gave up; what was begun is removed again
     */
    SandboxRef create(ProvisionRequest request) throws InterruptedException;

    /** Stops it and keeps its files, where the backend can; else destroys it. */
    void stop(SandboxRef sandbox) throws InterruptedException;

    /** Ends it and removes everything that was made for it. */
    void destroy(SandboxRef sandbox) throws InterruptedException;

    /** What this component made and has not destroyed, whoever asked for it; used to sweep what a lost gateway left. */
    List<Owned> list() throws InterruptedException;

    /**
     * What to make.
     *
     * @param id the id that it will have
     * @param owner the gateway that owns it, as {@code GatewayInfo.id}
     * @param attributes the component's own settings for it
     */
    record ProvisionRequest(String id, String owner, Map<String, String> attributes) {
        public ProvisionRequest {
            attributes = Map.copyOf(attributes);
        }
    }

    /**
     * A sandbox that this component made.
     *
     * @param sandbox how to reach it
     * @param owner the gateway that owns it
     * @param createdAt when it was made
     */
    record Owned(SandboxRef sandbox, String owner, Instant createdAt) {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.sandbox;

import dev.postern.api.auth.Identity;
import java.util.List;

/** Answers whether somebody may open a sandbox through a route, without opening it: for minting and exposing. */
public interface SandboxAccess {
    /**
     * Asks the route's resolver.
     *
     * @param identities who asks
     * @param sandbox which
     * @return what the resolver answers
     * @throws InterruptedException if the caller gave up
     */
    Resolution check(List<Identity> identities, String sandbox) throws InterruptedException;
}

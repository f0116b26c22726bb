// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.sandbox;

/**
 * Wakes sandboxes.
 *
 * <p>Called by the gateway once for all connections that wait for the same sandbox, on a virtual thread, after a login
 * succeeded; it may block. It is interrupted when the last waiter has left or the deadline is over. An exception counts
 * as {@code resume.failed}. Lives as long as its component.
 */
public interface ResumeHook {
    /**
     * Wakes a sandbox and returns when it can be reached. A sandbox that runs already is answered at once.
     *
     * @param request which, and for how long at most
     * @return running, not mine, or failed
     * @throws InterruptedException when nobody waits any more
     */
    ResumeResult resume(ResumeRequest request) throws InterruptedException;
}

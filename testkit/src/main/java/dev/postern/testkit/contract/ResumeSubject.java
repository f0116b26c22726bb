// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import dev.postern.api.sandbox.ResumeHook;
import dev.postern.api.sandbox.SandboxRef;
import java.util.Optional;

/** A resume hook with sandboxes in several states, as {@link ResumeHookContract} tests it. */
public interface ResumeSubject extends AutoCloseable {
    /** The hook. */
    ResumeHook hook();

    /** A sandbox that sleeps and can be woken. */
    SandboxRef sleeping();

    /** A sandbox that this hook has nothing to do with. */
    SandboxRef foreign();

    /** Whether the sandbox of a ref runs, as somebody who looks from outside sees it. */
    boolean runs(SandboxRef sandbox);

    /** A sandbox of this hook that cannot be woken; empty if the author cannot make one. */
    default Optional<SandboxRef> failing() {
        return Optional.empty();
    }

    /** A sandbox that takes for ever to wake; empty if the author cannot make one. */
    default Optional<SandboxRef> stalling() {
        return Optional.empty();
    }

    @Override
    void close();
}

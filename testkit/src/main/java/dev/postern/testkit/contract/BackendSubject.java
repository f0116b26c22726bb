// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import dev.postern.api.auth.Identity;
import dev.postern.api.backend.Capability;
import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.sandbox.SandboxRef;
import java.util.Optional;
import java.util.Set;

/**
 * A backend with one sandbox that runs, as {@link SessionBackendContract} tests it. The sandbox has a POSIX shell with
 * the usual small tools ({@code cat head wc sleep od stty} and the like). Made by the author; closed by the kit.
 */
public interface BackendSubject extends AutoCloseable {
    /** The backend. */
    SessionBackend backend();

    /** The sandbox; it runs. */
    SandboxRef sandbox();

    /** What connections to this sandbox declare. */
    Set<Capability> declared();

    /** For whom connections are opened. */
    default ConnectionContext context() {
        return new ConnectionContext(
                "contract", new Identity("keys", "contract"), Optional.empty(), Optional.empty());
    }

    /** A sandbox that cannot be reached, if the author can name one. */
    default Optional<SandboxRef> unreachable() {
        return Optional.empty();
    }

    /**
     * Breaks the way into the sandbox as a crash of the sandbox would; called on a subject of its own. Empty if there is
     * no way that could break.
     */
    default Optional<Runnable> cut() {
        return Optional.empty();
    }

    /**
     * Whether the sandbox has a network of its own. Where it has none, its connections reach what the gateway's host
     * reaches, and the author says so in the component's documentation.
     */
    default boolean ownNetwork() {
        return true;
    }

    /** A directory inside that the session's user may write to; it exists. */
    default String writableDirectory() {
        return "/tmp";
    }

    @Override
    void close();
}

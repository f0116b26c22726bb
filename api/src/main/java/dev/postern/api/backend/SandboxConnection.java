// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The way into one sandbox for one SSH connection. Many processes, connections and listeners at once.
 *
 * <p>{@link #start}, {@link #dial} and {@link #listen} are called on virtual threads, several at once, and may block;
 * interruption means that nobody waits any more. Everything else returns at once.
 */
public interface SandboxConnection extends AutoCloseable {
    /** What this sandbox can do; does not change. */
    Set<Capability> capabilities();

    /** Starts a process. */
    StartResult start(ProcessSpec spec) throws InterruptedException;

    /**
     * Connects from inside the sandbox: its network, its names, its loopback. A backend that cannot do that does not
     * declare the capability.
     */
    DialResult dial(Destination destination, Origin origin) throws InterruptedException;

    /** Listens inside the sandbox. */
    ListenResult listen(ListenSpec spec) throws InterruptedException;

    /** Its files, as the session's user, where {@link Capability#FILES} is declared. */
    default Optional<SandboxFiles> files() {
        return Optional.empty();
    }

    /** Called once if the way in breaks by itself, at once if it has broken already; never after {@link #close}. */
    void onLost(Consumer<Loss> listener);

    /**
     * Ends it: listeners, dialled connections, and what {@link SandboxProcess#end} has not let go of is hung up. Idempotent,
     * any thread, does not block for long.
     */
    @Override
    void close();
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.event;

import java.util.List;

/**
 * Is told about connections, so that a platform neither pauses a busy sandbox nor keeps a dead one awake. Called on a
 * thread of the gateway's own, in order for a connection; a call that fails is logged and not repeated.
 */
public interface SessionObserver {
    /** A login has succeeded. */
    default void opened(LiveConnections.LiveConnection connection) throws InterruptedException {}

    /** Connections on which data moved since the last call, in batches. */
    default void active(List<LiveConnections.LiveConnection> connections)
            throws InterruptedException {}

    /** A connection has ended. */
    default void closed(LiveConnections.LiveConnection connection) throws InterruptedException {}
}

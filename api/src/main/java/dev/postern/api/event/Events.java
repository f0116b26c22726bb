// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.event;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;

/** Publishes events and hears those of every gateway. */
public interface Events {
    /** Publishes on this and every other gateway that shares a database with it. Does not block for long. */
    void publish(Event event);

    /**
     * Publishes as part of a transaction: the event takes effect when that commits, and not at all if it does not.
     *
     * @param transaction the caller's connection with auto-commit off
     * @throws SQLException if the event could not be stored; the caller rolls back
     */
    void publish(Connection transaction, Event event) throws SQLException;

    /**
     * Hears events of every gateway, this one's included. The listener is called on one thread, in order; it must not
     * block for long.
     *
     * @return ends the subscription
     */
    AutoCloseable subscribe(Consumer<Event> listener);
}

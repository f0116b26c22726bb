// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.auth.Identity;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.event.Event;
import dev.postern.api.event.LiveConnections;
import dev.postern.api.event.SessionObserver;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * The authenticated connections of this gateway. A connection enters before the last check of its validity and before
 * its success is sent, so that a revocation finds either a login that has failed or a connection that it can end.
 */
public final class LiveSet implements LiveConnections {
    private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

    /** A connection as the live set sees it. */
    public interface Entry {
        /** A snapshot. */
        LiveConnection snapshot();

        /** Ends the connection with everything that it started. Any thread; does not block. */
        void end(RefusalCode reason);
    }

    /** Hears of logins and ends, to tell {@link SessionObserver}s. Called on the connection's thread; must not block. */
    public interface Listener {
        /** A login has succeeded. */
        void opened(LiveConnection connection);

        /** A connection that had logged in is gone. */
        void closed(LiveConnection connection);
    }

    /** Collects the events that come while a login is being judged. */
    public final class Watch implements AutoCloseable {
        private final CopyOnWriteArrayList<Event> events = new CopyOnWriteArrayList<>();

        private Watch() {
            watches.add(this);
        }

        /** The reason to refuse this connection after all, if one of the events means it; ask after it has entered. */
        public Optional<RefusalCode> concerns(LiveConnection connection) {
            return events.stream()
                    .filter(event -> meant(event).test(connection))
                    .map(LiveSet::reason)
                    .findFirst();
        }

        @Override
        public void close() {
            watches.remove(this);
        }
    }

    /** Begins to collect; before the first question to an authenticator or a resolver on which the login will rest. */
    public Watch watch() {
        return new Watch();
    }

    /** Adds a listener for ever. */
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /** Enters a connection. */
    public void enter(String id, Entry entry) {
        entries.put(id, entry);
    }

    /** Says that the login of a connection that has entered succeeded. */
    public void opened(LiveConnection connection) {
        listeners.forEach(listener -> listener.opened(connection));
    }

    /** Takes a connection out; {@code wasOpen} if its login had succeeded. */
    public void leave(String id, boolean wasOpen) {
        Entry entry = entries.remove(id);
        if (entry != null && wasOpen) {
            LiveConnection last = entry.snapshot();
            listeners.forEach(listener -> listener.closed(last));
        }
    }

    /** What an event means for the connections here. */
    public void on(Event event) {
        // Logins first: one that enters only now is either found by its own watch or by the search
        watches.forEach(watch -> watch.events.add(event));
        end(meant(event), reason(event));
    }

    private static Predicate<LiveConnection> meant(Event event) {
        return switch (event) {
            case Event.CredentialRevoked(var credential) ->
                    it -> it.credential().equals(credential);
            case Event.SandboxEnded(String resolver, String id) -> it -> isIn(it, resolver, id);
            case Event.SandboxPausing(String resolver, String id, var _) ->
                    it -> isIn(it, resolver, id);
            case Event.IdentityDisabled(var identity) -> it -> isOneOf(it.actor(), identity);
        };
    }

    private static RefusalCode reason(Event event) {
        return switch (event) {
            case Event.CredentialRevoked _ -> RefusalCodes.AUTH_REVOKED;
            case Event.SandboxEnded _ -> RefusalCodes.SANDBOX_ENDED;
            case Event.SandboxPausing _ -> RefusalCodes.SANDBOX_PAUSING;
            case Event.IdentityDisabled _ -> RefusalCodes.AUTH_REVOKED;
        };
    }

    private static boolean isIn(LiveConnection connection, String resolver, String id) {
        return connection.sandbox().resolver().equals(resolver)
                && connection.sandbox().id().equals(id);
    }

    /** An identity without a team stands for the person in all teams. */
    private static boolean isOneOf(Identity actor, Identity disabled) {
        return actor.authenticator().equals(disabled.authenticator())
                && actor.subject().equals(disabled.subject())
                && (disabled.team().isEmpty() || disabled.team().equals(actor.team()));
    }

    @Override
    public List<LiveConnection> list() {
        return entries.values().stream().map(Entry::snapshot).toList();
    }

    @Override
    public int end(Predicate<LiveConnection> which, RefusalCode reason) {
        List<Entry> ended =
                entries.values().stream().filter(it -> which.test(it.snapshot())).toList();
        ended.forEach(it -> it.end(reason));
        return ended.size();
    }
}

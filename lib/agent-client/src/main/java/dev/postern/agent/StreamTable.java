// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The live streams of a connection, and how many each side has open. */
final class StreamTable {
    private final ConcurrentHashMap<Integer, AgentStream> live = new ConcurrentHashMap<>();
    private final AtomicInteger ours = new AtomicInteger();
    private final AtomicInteger theirs = new AtomicInteger();

    void add(AgentStream stream) {
        live.put(stream.id, stream);
        counter(stream).incrementAndGet();
    }

    void remove(AgentStream stream) {
        if (live.remove(stream.id, stream)) {
            counter(stream).decrementAndGet();
        }
    }

    private AtomicInteger counter(AgentStream stream) {
        return stream.id % 2 == 0 ? ours : theirs;
    }

    Optional<AgentStream> find(int id) {
        return Optional.ofNullable(live.get(id));
    }

    int ours() {
        return ours.get();
    }

    int theirs() {
        return theirs.get();
    }

    List<AgentStream> all() {
        return new ArrayList<>(live.values());
    }
}

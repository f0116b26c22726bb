// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that was started under a marker. A process belongs to it if the marker stands in the environment that it
 * was started with, or if it is a descendant of one that does, or in the session of one; so {@code setsid} and
 * {@code nohup} do not get away. A process that has emptied its environment and left both its session and its parents
 * does: this host has no container around it.
 */
final class ProcessTree {
    private static final Path PROC = Path.of("/proc");
    private static final long OWN = ProcessHandle.current().pid();
    private static final int MOST_ROUNDS = 200;

    private ProcessTree() {}

    /**
     * Kills until none is left.
     *
     * @param marker {@code NAME=value}
     * @param leader the session to kill in any case, 0 for none
     * @return how many were killed
     */
    static int kill(String marker, int leader) {
        Set<Integer> killed = new HashSet<>();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            int signalled = 0;
            for (Entry entry : members(marker, leader)) {
                if (kill(entry)) {
                    signalled++;
                    killed.add(entry.pid);
                }
            }
            if (signalled == 0) {
                break;
            }
        }
        return killed.size();
    }

    /** Those that run now. */
    static List<Entry> members(String marker, int leader) {
        Map<Integer, Entry> all = entries();
        Set<Integer> members = new HashSet<>();
        Set<Integer> sessions = new HashSet<>();
        if (leader != 0) {
            sessions.add(leader);
        }
        for (Entry entry : all.values()) {
            if (marked(entry.pid, marker)) {
                members.add(entry.pid);
                // A session that a member leads is the member's own; ours and the gateway's are
                // never led by one.
                if (all.containsKey(entry.session) && marked(entry.session, marker)) {
                    sessions.add(entry.session);
                }
            }
        }
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Entry entry : all.values()) {
                if (sessions.contains(entry.session) || members.contains(entry.parent)) {
                    grown |= members.add(entry.pid);
                }
            }
        }
        List<Entry> running = new ArrayList<>();
        for (Entry entry : all.values()) {
            if (members.contains(entry.pid) && !entry.zombie && entry.pid != OWN) {
                running.add(entry);
            }
        }
        return running;
    }

    // Through a pidfd, opened before the process is looked at once more: its number may be
    // another's by now.
    private static boolean kill(Entry entry) {
        int pidfd = Posix.pidfdOpen(entry.pid);
        if (pidfd < 0) {
            return false;
        }
        try {
            Entry now = entry(PROC.resolve(Integer.toString(entry.pid)));
            return now != null
                    && now.startedAt == entry.startedAt
                    && Posix.pidfdSignal(pidfd, Signals.KILL) == 0;
        } finally {
            Posix.CLOSE.call(pidfd);
        }
    }

    private static boolean marked(int pid, String marker) {
        try {
            byte[] environment = Files.readAllBytes(PROC.resolve(pid + "/environ"));
            return contains(environment, marker.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It has ended, or it is not ours to look at.
            return false;
        }
    }

    private static boolean contains(byte[] environment, byte[] marker) {
        int start = 0;
        for (int i = 0; i <= environment.length; i++) {
            if (i == environment.length || environment[i] == 0) {
                if (Arrays.equals(environment, start, i, marker, 0, marker.length)) {
                    return true;
                }
                start = i + 1;
            }
        }
        return false;
    }

    private static Map<Integer, Entry> entries() {
        Map<Integer, Entry> entries = new HashMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path directory : all) {
                Entry entry = entry(directory);
                if (entry != null) {
                    entries.put(entry.pid, entry);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The processes of this host cannot be listed", e);
        } catch (DirectoryIteratorException e) {
            throw new UncheckedIOException(
                    "The processes of this host cannot be listed", e.getCause());
        }
        return entries;
    }

    // proc(5): pid (name) state ppid pgrp session ...; the name may hold anything, parentheses too.
    private static @Nullable Entry entry(Path directory) {
        try {
            String stat = Files.readString(directory.resolve("stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return new Entry(
                    Integer.parseInt(directory.getFileName().toString()),
                    Integer.parseInt(fields[1]),
                    Integer.parseInt(fields[3]),
                    Long.parseLong(fields[19]),
                    fields[0].equals("Z") || fields[0].equals("X"));
        } catch (IOException e) {
            return null;
        }
    }

    /** A process as {@code /proc} shows it; number and start time together name it for good. */
    record Entry(int pid, int parent, int session, long startedAt, boolean zombie) {}
}

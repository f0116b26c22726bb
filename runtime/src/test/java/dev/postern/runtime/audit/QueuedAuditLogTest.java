// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.api.audit.AuditEvent;
import dev.postern.api.error.RefusalCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueuedAuditLogTest {
    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z"));

    private final AtomicInteger dropped = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AuditCounts counts =
            new AuditCounts() {
                @Override
                public void dropped(String sink) {
                    dropped.incrementAndGet();
                }

                @Override
                public void failed(String sink) {
                    failed.incrementAndGet();
                }
            };

    private QueuedAuditLog log(int capacity) {
        return new QueuedAuditLog(capacity, CLOCK, counts);
    }

    private static void event(AuditLog log, String type) {
        log.event(type, Optional.empty(), Optional.empty(), Map.of());
    }

    @Test
    void eventsBecomeJsonLinesInOrder(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("audit/audit.jsonl");
        try (JsonLinesFile sink = JsonLinesFile.open(file, 1 << 20, 2)) {
            try (QueuedAuditLog log = log(1000)) {
                log.add("file", sink);
                log.event(
                        "login.refused",
                        Optional.of("c1"),
                        Optional.of(RefusalCodes.AUTH_DENIED),
                        Map.of("user", "eve\n\u202e\u001b[2J" + "x".repeat(300), "type", "clash"));
                IntStream.range(0, 100).forEach(i -> event(log, "n." + i));
            }
        }
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(101);
        JsonNode first = new ObjectMapper().readTree(lines.getFirst());
        assertThat(first.path("time").asText()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(first.path("type").asText()).isEqualTo("login.refused");
        assertThat(first.path("connection").asText()).isEqualTo("c1");
        assertThat(first.path("code").asText()).isEqualTo("auth.denied");
        assertThat(first.path("field.type").asText()).isEqualTo("clash");
        assertThat(first.path("user").asText())
                .startsWith("eve\\u{a}\\u{202e}\\u{1b}[2J")
                .hasSizeLessThan(300);
        assertThat(lines.getLast()).contains("n.99");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void aFullFileIsPutAsideAndTheOldestRemoved(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("a.jsonl");
        try (JsonLinesFile sink = JsonLinesFile.open(file, 100, 2)) {
            for (int i = 0; i < 5; i++) {
                sink.write(
                        List.of(
                                new AuditEvent(
                                        CLOCK.instant(),
                                        "n." + i,
                                        Optional.empty(),
                                        Optional.empty(),
                                        Map.of("f", "x".repeat(100)))));
            }
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(it -> it.getFileName().toString()).sorted())
                    .containsExactly("a.jsonl", "a.jsonl.1", "a.jsonl.2");
        }
        assertThat(Files.readString(directory.resolve("a.jsonl.1"))).contains("n.4");
        assertThat(Files.readString(directory.resolve("a.jsonl.2"))).contains("n.3");
    }

    @Test
    void whatASinkDoesNotTakeIsOfferedAgain() {
        List<AuditEvent> kept = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger calls = new AtomicInteger();
        try (QueuedAuditLog log = log(10)) {
            log.add(
                    "flaky",
                    events -> {
                        if (calls.getAndIncrement() == 0) {
                            throw new IllegalStateException("not now");
                        }
                        kept.addAll(events);
                    });
            event(log, "a.b");
        }
        assertThat(kept).extracting(AuditEvent::type).containsExactly("a.b");
        assertThat(failed).hasValue(1);
    }

    @Test
    void aSlowSinkHoldsUpNobodyAndLosesOnlyWhatFindsNoRoom() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        List<AuditEvent> slow = Collections.synchronizedList(new ArrayList<>());
        List<AuditEvent> quick = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch all = new CountDownLatch(50);
        try (QueuedAuditLog log = log(100)) {
            log.add(
                    "slow",
                    events -> {
                        go.await();
                        slow.addAll(events);
                    });
            log.add(
                    "quick",
                    events -> {
                        quick.addAll(events);
                        events.forEach(it -> all.countDown());
                    });
            for (int i = 0; i < 50; i++) {
                event(log, "n." + i);
            }
            assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
            for (int i = 50; i < 1000; i++) {
                event(log, "n." + i);
            }
            assertThat(dropped.get()).isGreaterThan(700);
            go.countDown();
        }
        assertThat(slow.size()).isGreaterThanOrEqualTo(100).isLessThan(300);
        assertThat(slow.subList(0, 50)).isEqualTo(quick.subList(0, 50));
    }
}

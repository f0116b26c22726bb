// SPDX-License-Identifier: Apache-2.0
package dev.postern.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.error.PosternException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    @TempDir private Path folder;
    private Path file;
    private Database database;

    @BeforeEach
    void open() {
        file = folder.resolve("test.db");
        database = new Database("main", Sqlite.open(file, 200));
        database.write(c ->
                Sql.of("CREATE TABLE thing (id TEXT PRIMARY KEY, at INTEGER, note TEXT)")
                        .update(c));
    }

    private int add(String id) {
        return database.write(c -> Sql.of("INSERT INTO thing (id) VALUES (?)", id).update(c));
    }

    private List<String> ids() {
        return database.read(c ->
                Sql.of("SELECT id FROM thing ORDER BY id").list(c, row -> row.getString("id")));
    }

    @Test
    void aTransactionThatThrowsDoesNothing() {
        assertThatThrownBy(() ->
                        database.write(c -> {
                            Sql.of("INSERT INTO thing (id) VALUES (?)", "a").update(c);
                            throw new IllegalArgumentException("stop");
                        }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(ids()).isEmpty();
        assertThat(add("b")).isEqualTo(1);
    }

    @Test
    void tellsADuplicateFromOtherConstraints() {
        add("a");
        database.write(c -> {
            assertThatThrownBy(() -> Sql.of("INSERT INTO thing (id) VALUES ('a')").update(c))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(Database.isDuplicate(e)).isTrue());
            Sql.of("CREATE TABLE strict_thing (id TEXT NOT NULL)").update(c);
            assertThatThrownBy(() ->
                            Sql.of("INSERT INTO strict_thing (id) VALUES (?)", (Object) null)
                                    .update(c))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(Database.isDuplicate(e)).isFalse());
            return true;
        });
    }

    @Test
    void bindsAndReadsEveryKindOfValue() {
        Instant now = Instant.ofEpochMilli(1_767_225_600_123L);
        database.write(c -> {
            Sql.of(
                            "INSERT INTO thing VALUES (?, ?, ?)",
                            "x'; DROP TABLE thing; --",
                            now,
                            Optional.of("n"))
                    .update(c);
            return Sql.of("INSERT INTO thing VALUES (?, ?, ?)", "y", Optional.empty(), "")
                    .update(c);
        });
        List<String> rows =
                database.read(c ->
                        Sql.of("SELECT * FROM thing ORDER BY id")
                                .list(
                                        c,
                                        row ->
                                                row.getString("id")
                                                        + Sql.instant(row, "at")
                                                        + Sql.text(row, "note")));
        assertThat(rows)
                .containsExactly(
                        "x'; DROP TABLE thing; --Optional[2026-01-01T00:00:00.123Z]Optional[n]",
                        "yOptional.emptyOptional.empty");
    }

    @Test
    void aLockedDatabaseRefusesAndWorksAgainAfterwards() throws Exception {
        try (Connection _ = Sqlite.lock(file)) {
            assertThatThrownBy(() -> add("a"))
                    .isInstanceOfSatisfying(
                            PosternException.class,
                            e -> assertThat(e.code()).isEqualTo(DatabaseCodes.UNAVAILABLE))
                    .hasMessageContaining("'main'");
            assertThat(ids()).isEmpty();
        }
        assertThat(add("a")).isEqualTo(1);
    }

    @Test
    void whoGivesUpIsToldInTime() throws Exception {
        Database slow = new Database("main", Sqlite.open(file, 30_000));
        try (Connection _ = Sqlite.lock(file)) {
            long begun = System.nanoTime();
            assertThatThrownBy(() ->
                            slow.within(Duration.ofMillis(100))
                                    .write(c ->
                                            Sql.of("INSERT INTO thing (id) VALUES ('a')")
                                                    .update(c)))
                    .isInstanceOf(PosternException.class)
                    .hasMessageContaining("100 ms");
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void anInterruptedCallerIsLetGoWithTheFlagSet() throws Exception {
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Thread caller =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                database.read(_ -> {
                                    begun.countDown();
                                    awaitQuietly(done);
                                    return 1;
                                });
                                flag.completeExceptionally(new AssertionError("it was answered"));
                            } catch (PosternException e) {
                                flag.complete(Thread.currentThread().isInterrupted());
                            }
                        });
        begun.await();
        caller.interrupt();
        assertThat(flag.get(10, TimeUnit.SECONDS)).isTrue();
        done.countDown();
    }

    @Test
    void aVirtualThreadsCarrierIsNotHeld() throws Exception {
        CompletableFuture<Boolean> virtual = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() ->
                        database.read(_ -> virtual.complete(Thread.currentThread().isVirtual())));
        assertThat(virtual.get(10, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void aTransactionThatAnotherGotInTheWayOfIsDoneAgain() {
        int[] tries = {0};
        int answer =
                database.write(c -> {
                    Sql.of("INSERT INTO thing (id) VALUES ('again')").update(c);
                    if (++tries[0] < 3) {
                        throw new SQLException("could not serialize access", "40001");
                    }
                    return tries[0];
                });
        assertThat(answer).isEqualTo(3);
        assertThat(ids()).containsExactly("again");
        assertThatThrownBy(() ->
                        database.write(_ -> {
                            throw new SQLException("deadlock detected", "40P01");
                        }))
                .isInstanceOf(PosternException.class)
                .hasMessageContaining("deadlock");
    }

    /** The connections of a pool are used again, and so is what the last one left. */
    @Test
    void aBeginThatFailedDoesNotSpoilTheNextTransaction() throws Exception {
        try (PooledOne pool = new PooledOne(Sqlite.open(file, 50))) {
            Database pooled = new Database("main", pool.source());
            try (Connection _ = Sqlite.lock(file)) {
                assertThatThrownBy(() ->
                                pooled.write(c ->
                                        Sql.of("INSERT INTO thing (id) VALUES ('a')").update(c)))
                        .isInstanceOf(PosternException.class);
            }
            assertThatThrownBy(() ->
                            pooled.write(c -> {
                                Sql.of("INSERT INTO thing (id) VALUES ('half')").update(c);
                                throw new IllegalArgumentException("stop");
                            }))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(ids()).isEmpty();
            pooled.write(c -> Sql.of("INSERT INTO thing (id) VALUES ('whole')").update(c));
            assertThat(ids()).containsExactly("whole");
        }
    }

    @Test
    void aCommitHoldsNoLockAfterwards() throws Exception {
        try (PooledOne pool = new PooledOne(Sqlite.open(file, 50))) {
            Database pooled = new Database("main", pool.source());
            pooled.write(c -> {
                Sql.of("INSERT INTO thing (id) VALUES ('a')").update(c);
                return true;
            });
            assertThat(add("b")).isEqualTo(1);
            assertThatThrownBy(() ->
                            pooled.write(_ -> {
                                throw new IllegalArgumentException("stop");
                            }))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(add("c")).isEqualTo(1);
        }
    }

    /** A transaction that cannot be committed: a foreign key that is checked then. */
    @Test
    void aCommitThatFailsDoesNothing() throws Exception {
        try (PooledOne pool = new PooledOne(Sqlite.open(file, 50))) {
            Database pooled = new Database("main", pool.source());
            pooled.write(c ->
                    Sql.of(
                                    "CREATE TABLE part (id TEXT REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED)")
                            .update(c));
            assertThatThrownBy(() ->
                            pooled.write(
                                    c -> Sql.of("INSERT INTO part (id) VALUES ('none')").update(c)))
                    .isInstanceOf(PosternException.class)
                    .hasMessageContaining("FOREIGN KEY");
            assertThat(add("a")).isEqualTo(1);
            assertThat(
                            pooled.<List<Integer>>read(
                                    c -> Sql.of("SELECT * FROM part").list(c, _ -> 1)))
                    .isEmpty();
            assertThat(
                            pooled.<Integer>write(
                                    c -> Sql.of("INSERT INTO part (id) VALUES ('a')").update(c)))
                    .isEqualTo(1);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

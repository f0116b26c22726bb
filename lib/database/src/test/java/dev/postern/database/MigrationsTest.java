// SPDX-License-Identifier: Apache-2.0
package dev.postern.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.error.PosternException;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {
    @TempDir private Path folder;
    private Database database;

    @BeforeEach
    void open() {
        database = new Database("test", Sqlite.open(folder.resolve("test.db"), 10_000));
    }

    private void migrate(String... names) {
        new Migrations("items", MigrationsTest.class, List.of(names)).apply(database);
    }

    private List<String> tables() {
        return database.read(c ->
                Sql.of("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
                        .list(c, row -> row.getString(1)));
    }

    @Test
    void appliesEachOnceAndKeepsWhatIsThere() {
        migrate("001-first");
        database.write(c -> Sql.of("INSERT INTO item (id, size) VALUES (?, ?)", "a", 1).update(c));
        migrate("001-first", "002-second");
        migrate("001-first", "002-second");
        List<String> colours =
                database.read(c ->
                        Sql.of("SELECT colour FROM item").list(c, row -> row.getString("colour")));
        assertThat(colours).containsExactly("red");
    }

    @Test
    void oneThatFailsLeavesNothingBehind() {
        assertThatThrownBy(() -> migrate("001-first", "003-broken"))
                .isInstanceOf(PosternException.class);
        assertThat(tables()).doesNotContain("item", "left_over", "postern_migrations");
    }

    @Test
    void refusesWhatWasChangedAfterItWasApplied() {
        migrate("001-first");
        database.write(c -> Sql.of("UPDATE postern_migrations SET checksum = 'other'").update(c));
        assertThatThrownBy(() -> migrate("001-first"))
                .isInstanceOfSatisfying(
                        PosternException.class,
                        e -> assertThat(e.code()).isEqualTo(DatabaseCodes.SCHEMA))
                .hasMessageContaining("001-first");
    }

    @Test
    void refusesADatabaseOfANewerVersion() {
        migrate("001-first", "002-second");
        assertThatThrownBy(() -> migrate("001-first"))
                .isInstanceOf(PosternException.class)
                .hasMessageContaining("002-second")
                .hasMessageContaining("newer");
    }

    @Test
    void saysWhichFileIsMissing() {
        assertThatThrownBy(() -> migrate("009-none"))
                .isInstanceOf(PosternException.class)
                .hasMessageContaining("db/sqlite/009-none.sql");
    }

    @Test
    void twoThatStartAtOnceTakeTurns() {
        CompletableFuture<?>[] all =
                IntStream.range(0, 8)
                        .mapToObj(_ ->
                                CompletableFuture.runAsync(
                                        () -> migrate("001-first", "002-second")))
                        .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(all).join();
        int rows =
                database.read(c ->
                        Sql.of("SELECT COUNT(*) FROM postern_migrations")
                                .first(c, row -> row.getInt(1))
                                .orElseThrow());
        assertThat(rows).isEqualTo(2);
    }

    @Test
    void aDatabaseThatIsDownAtTheStartIsLookedAtLater() throws Exception {
        Path file = folder.resolve("late.db");
        Database late = new Database("late", Sqlite.open(file, 50));
        Database store;
        try (Connection _ = Sqlite.lock(file)) {
            store = late.with(new Migrations("items", MigrationsTest.class, List.of("001-first")));
            assertThatThrownBy(() -> store.read(c -> Sql.of("SELECT id FROM item").list(c, _ -> 1)))
                    .isInstanceOf(PosternException.class);
        }
        assertThat(store.<List<Integer>>read(c -> Sql.of("SELECT id FROM item").list(c, _ -> 1)))
                .isEmpty();
        assertThatThrownBy(
                        () -> late.with(new Migrations("items", MigrationsTest.class, List.of())))
                .isInstanceOf(PosternException.class)
                .hasMessageContaining("newer");
    }
}

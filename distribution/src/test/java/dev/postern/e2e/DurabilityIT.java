// SPDX-License-Identifier: Apache-2.0
package dev.postern.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing confirmed is lost, and nobody gets in because something broke. */
@DisplayName("State of the quickstart gateway")
class DurabilityIT {
    @Test
    @DisplayName("Ctrl-C ends it cleanly; started again it knows its keys and sandboxes")
    void restart(@TempDir Path base) {
        try (Installation postern = Installation.start(base)) {
            assertThat(postern.ssh("echo one").text()).isEqualTo("one\n");
            String hostKeys = read(postern.state().resolve("known_hosts"));
            assertThat(postern.interrupt()).isIn(0, 130);
            assertThat(postern.log()).doesNotContain("Exception");
            postern.start();
            assertThat(postern.ssh("echo two").text()).isEqualTo("two\n");
            assertThat(read(postern.state().resolve("known_hosts"))).isEqualTo(hostKeys);
        }
    }

    @Test
    @DisplayName("kill -9 right after key add returned keeps the key")
    void killAfterKeyAdd(@TempDir Path base) {
        try (Installation postern = Installation.start(base)) {
            Path key = base.resolve("late");
            Programs.run(
                    List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()));
            String owner = postern.posternJson("sandbox", "get", "demo").path("owner").asText();
            JsonNode added = postern.posternJson("key", "add", key + ".pub", "--user", owner);
            postern.killHard();
            postern.start();
            JsonNode keys = postern.posternJson("key", "list", "--user", owner).path("ssh_keys");
            assertThat(keys.findValuesAsText("id")).contains(added.path("id").asText());
        }
    }

    @Test
    @DisplayName("while the database is locked logins are refused, then they work again")
    void databaseLocked(@TempDir Path base) throws Exception {
        try (Installation postern = Installation.start(base)) {
            assertThat(postern.ssh("echo before").text()).isEqualTo("before\n");
            Process lock =
                    Programs.start(
                            List.of(
                                    "/usr/bin/python3",
                                    "-c",
                                    """
                                    import sqlite3, sys
                                    c = sqlite3.connect(sys.argv[1], isolation_level=None)
                                    c.execute('BEGIN EXCLUSIVE')
                                    print('locked', flush=True)
                                    sys.stdin.read()
                                    """,
                                    postern.state().resolve("postern.db").toString()),
                            Map.of());
            try {
                assertThat(lock.inputReader().readLine()).isEqualTo("locked");
                Result refused = postern.ssh("echo must not run");
                assertThat(refused.status()).isEqualTo(255);
                assertThat(refused.text()).isEmpty();
            } finally {
                lock.getOutputStream().close();
                lock.waitFor();
            }
            assertThat(postern.ssh("echo after").text()).isEqualTo("after\n");
        }
    }

    @Test
    @DisplayName("while the database's disk is full logins are refused, then they work again")
    void diskFull(@TempDir Path base) throws Exception {
        Path state = Files.createDirectories(base.resolve("state"));
        Result mounted =
                Programs.run(
                        List.of(
                                "mount",
                                "-t",
                                "tmpfs",
                                "-o",
                                "size=24m,mode=700",
                                "tmpfs",
                                state.toString()));
        assertThat(mounted.status())
                .as("this test mounts a small file system, so it runs as root: " + mounted)
                .isZero();
        try (Installation postern = Installation.start(base)) {
            assertThat(postern.ssh("echo before").text()).isEqualTo("before\n");
            Path filler = state.resolve("filler");
            Programs.run(List.of("dd", "if=/dev/zero", "of=" + filler, "bs=4k"));
            boolean granted = true;
            // The write-ahead log may have room left from before; each login takes some of it.
            for (int i = 0; i < 3_000 && granted; i++) {
                granted = postern.ssh("echo in").status() == 0;
            }
            assertThat(granted).as("refused once nothing can be written").isFalse();
            Files.delete(filler);
            assertThat(postern.ssh("echo after").text()).isEqualTo("after\n");
        } finally {
            Programs.run(List.of("umount", "-l", state.toString()));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

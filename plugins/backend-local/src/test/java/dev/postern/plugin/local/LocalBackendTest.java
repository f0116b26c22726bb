// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import static dev.postern.plugin.local.LocalHarness.context;
import static dev.postern.plugin.local.LocalHarness.sandbox;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.auth.Identity;
import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.sandbox.SandboxProvisioner.ProvisionRequest;
import dev.postern.api.sandbox.SandboxRef;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom the component lets in, and where. */
class LocalBackendTest {
    @TempDir Path directory;

    private static ConnectionContext from(String address) {
        return new ConnectionContext(
                "c",
                new Identity("keys", "alice"),
                Optional.empty(),
                Optional.of(new InetSocketAddress(address, 5000)));
    }

    private static void refused(RefusalCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PosternException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void clientsOfOtherHostsAreRefused() {
        try (LocalHarness local = new LocalHarness(directory)) {
            local.backend.connect(sandbox("demo"), from("127.0.0.1")).close();
            local.backend.connect(sandbox("demo"), from("::1")).close();
            refused(
                    LocalCodes.NOT_ISOLATED,
                    () -> local.backend.connect(sandbox("demo"), from("192.0.2.1")));
        }
    }

    @Test
    void secondPersonIsRefusedAlsoAfterARestart() {
        try (LocalHarness local = new LocalHarness(directory)) {
            local.backend.connect(sandbox("demo"), context("alice")).close();
            local.backend.connect(sandbox("demo"), context("alice")).close();
            refused(
                    LocalCodes.NOT_ISOLATED,
                    () -> local.backend.connect(sandbox("demo"), context("bob")));
        }
        try (LocalHarness local = new LocalHarness(directory)) {
            refused(
                    LocalCodes.NOT_ISOLATED,
                    () -> local.backend.connect(sandbox("demo"), context("bob")));
        }
    }

    @Test
    void onlyTheNamedPersonIsLetIn() {
        for (String user : new String[] {"bob", "keys:bob"}) {
            LocalSettings old = LocalHarness.settings(false, Optional.empty());
            LocalSettings settings =
                    new LocalSettings(
                            old.root(),
                            old.keepFiles(),
                            old.runAs(),
                            Optional.of(user),
                            old.shell(),
                            old.path(),
                            old.forwards(),
                            old.dialTimeout(),
                            old.filesRoot(),
                            old.hangupGrace(),
                            old.eventThreads());
            try (LocalHarness local = new LocalHarness(directory, settings)) {
                refused(
                        LocalCodes.NOT_ISOLATED,
                        () -> local.backend.connect(sandbox("demo"), context("alice")));
                local.backend.connect(sandbox("demo"), context("bob")).close();
            }
        }
    }

    @Test
    void anotherUserInsideIsRefused() {
        try (LocalHarness local = new LocalHarness(directory)) {
            ConnectionContext postgres =
                    new ConnectionContext(
                            "c",
                            new Identity("keys", "alice"),
                            Optional.of("postgres"),
                            Optional.empty());
            assertThatThrownBy(() -> local.backend.connect(sandbox("demo"), postgres))
                    .isInstanceOf(PosternException.class)
                    .hasMessageContaining("'postgres'");
        }
    }

    @Test
    void folderIsOnlyItsOwnersAndNeverOutsideTheRoot() throws Exception {
        try (LocalHarness local = new LocalHarness(directory)) {
            for (String id :
                    new String[] {"demo", "../../etc", "a/b", ".", "", "x".repeat(300), "\u00fc"}) {
                local.backend.connect(sandbox(id), context("alice")).close();
            }
            try (var folders = Files.list(directory.resolve("sandboxes"))) {
                assertThat(folders.toList())
                        .hasSize(7)
                        .contains(directory.resolve("sandboxes/demo"))
                        .allSatisfy(folder ->
                                assertThat(
                                                PosixFilePermissions.toString(
                                                        Files.getPosixFilePermissions(folder)))
                                        .isEqualTo("rwx------"));
            }
        }
    }

    @Test
    void idOfAnotherResolversSandboxIsRefused() {
        try (LocalHarness local = new LocalHarness(directory)) {
            local.backend.connect(sandbox("demo"), context("alice")).close();
            SandboxRef other = new SandboxRef("elsewhere", "demo", "", "local", Map.of());
            refused(LocalCodes.SANDBOX_TAKEN, () -> local.backend.connect(other, context("alice")));
        }
    }

    @Test
    void whatWasMadeIsListedUntilItIsDestroyed() {
        try (LocalHarness local = new LocalHarness(directory)) {
            assertThat(
                            local.provisioner.create(
                                    new ProvisionRequest("made", "gateway-1", Map.of())))
                    .isEqualTo(new SandboxRef("local", "made", "", "local", Map.of()));
            local.backend.connect(sandbox("made"), context("alice")).close();
            local.backend.connect(sandbox("used"), context("alice")).close();
            assertThat(local.provisioner.list())
                    .singleElement()
                    .satisfies(owned -> {
                        assertThat(owned.sandbox()).isEqualTo(sandbox("made"));
                        assertThat(owned.owner()).isEqualTo("gateway-1");
                    });
            local.provisioner.destroy(sandbox("made"));
            local.provisioner.destroy(sandbox("made"));
            assertThat(local.provisioner.list()).isEmpty();
            assertThat(directory.resolve("sandboxes/made")).isDirectory();
        }
    }
}

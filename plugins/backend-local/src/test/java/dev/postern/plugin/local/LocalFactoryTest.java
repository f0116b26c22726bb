// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import static dev.postern.plugin.local.LocalHarness.context;
import static dev.postern.plugin.local.LocalHarness.sandbox;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigFactory;
import dev.postern.api.auth.Identity;
import dev.postern.api.backend.Capability;
import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.SandboxProcess.EndReason;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.config.ConfigReader;
import dev.postern.api.error.ConfigException;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.Facet;
import dev.postern.api.plugin.PosternPlugin;
import dev.postern.api.value.Bytes;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The component as a gateway makes it. */
class LocalFactoryTest {
    @TempDir Path directory;

    private static ComponentFactory factory() {
        PosternPlugin plugin =
                ServiceLoader.load(PosternPlugin.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .filter(LocalPlugin.class::isInstance)
                        .findFirst()
                        .orElseThrow();
        return plugin.components().getFirst();
    }

    private Component create(String settings) throws Exception {
        Path state = Files.createDirectories(directory.resolve("state"));
        ConfigReader reader =
                ConfigReader.of(
                        ConfigFactory.parseString(settings)
                                .withFallback(
                                        ConfigFactory.parseResources(
                                                        LocalFactoryTest.class, "/reference.conf")
                                                .getConfig("postern.component-defaults.local"))
                                .resolve(),
                        "postern.components.here");
        factory().check(reader);
        reader.finish();
        assertThat(reader.problems()).isEmpty();
        return factory().create("here", reader, new TestContext(state));
    }

    /** A directory that any user can reach, which those of JUnit are not. */
    private Path reachable() throws Exception {
        for (Path path = directory;
                path != null && path.startsWith("/tmp/");
                path = path.getParent()) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return directory.resolve("boxes");
    }

    @Test
    void facetsAreThoseThatItDeclares() throws Exception {
        assertThat(factory().type()).isEqualTo("local");
        assertThat(factory().facets())
                .containsExactlyInAnyOrder(Facet.SESSION_BACKEND, Facet.PROVISIONER);
        try (Component component = create("")) {
            assertThat(component.sessionBackend()).isPresent();
            assertThat(component.provisioner()).isPresent();
            assertThat(component.health().up()).isTrue();
        }
    }

    @Test
    void withoutForwardsNothingIsDialled() throws Exception {
        try (Component component = create("");
                SandboxConnection connection =
                        component
                                .sessionBackend()
                                .orElseThrow()
                                .connect(sandbox("demo"), context("alice"))) {
            assertThat(connection.capabilities())
                    .contains(Capability.FILES)
                    .doesNotContain(
                            Capability.DIAL_TCP, Capability.LISTEN_TCP, Capability.DIAL_UNIX);
        }
    }

    @Test
    void processesRunAsAnotherUserWithNothingOfTheGateways() throws Exception {
        assumeTrue(
                Posix.isRoot() && Account.named("nobody").isPresent(),
                "Only root can switch to another user");
        Path root = reachable();
        try (Component component =
                create(
                        "run-as = nobody, shell = \"/bin/bash\", forwards = true, root = \""
                                + root
                                + "\"")) {
            SessionBackend backend = component.sessionBackend().orElseThrow();
            // Anybody from anywhere: another uid stands between.
            ConnectionContext far =
                    new ConnectionContext(
                            "c",
                            new Identity("keys", "bob"),
                            Optional.of("nobody"),
                            Optional.of(new InetSocketAddress("192.0.2.1", 1)));
            try (SandboxConnection connection = backend.connect(sandbox("demo"), far)) {
                backend.connect(sandbox("demo"), context("alice")).close();
                String output =
                        LocalHarness.output(
                                connection,
                                "id -un; id -G; pwd; echo $HOME $USER; touch file; echo *");
                assertThat(output.lines().toList())
                        .startsWith("nobody")
                        .endsWith(root + "/demo", root + "/demo nobody", "file");
                assertThat(output.lines().toList().get(1))
                        .doesNotContain(" 0")
                        .doesNotStartWith("0");
                assertThat(connection.files()).isEmpty();
                assertThat(connection.capabilities())
                        .doesNotContain(
                                Capability.FILES, Capability.DIAL_UNIX, Capability.LISTEN_UNIX);
                SandboxProcess terminal =
                        LocalHarness.start(
                                connection,
                                LocalHarness.onTerminal(
                                        new ProcessSpec.Exec(
                                                Bytes.utf8(
                                                        "echo through > /dev/tty; kill -USR1 $$")),
                                        Map.of()));
                assertThat(LocalHarness.text(terminal)).isEqualTo("through\r\n");
                assertThat(LocalHarness.exit(terminal))
                        .isEqualTo(new ExitStatus.Signalled("USR1", false));
                SandboxProcess shell =
                        LocalHarness.start(
                                connection,
                                new ProcessSpec(
                                        "s", new ProcessSpec.Shell(), Optional.empty(), Map.of()));
                shell.stdin().stream()
                        .write(
                                "shopt -q login_shell && echo login; exec sleep 600\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(shell.stdout().stream().readNBytes(6))
                        .isEqualTo("login\n".getBytes(StandardCharsets.US_ASCII));
                shell.end(EndReason.KILL);
                assertThat(LocalHarness.exit(shell))
                        .isEqualTo(new ExitStatus.Signalled("KILL", false));
            }
            component.provisioner().orElseThrow().destroy(sandbox("demo"));
        }
    }

    @Test
    void runAsThatCannotWorkIsAMistakeOfTheConfig() throws Exception {
        assertThatThrownBy(() -> create("run-as = no-such-user-here"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'no-such-user-here'");
        assertThatThrownBy(() -> create("run-as = \"" + Account.own().name() + "\""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("another user than the gateway's own");
        assumeTrue(Posix.isRoot(), "Only root can switch to another user");
        Path closed = Files.createDirectory(directory.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        assertThatThrownBy(() -> create("run-as = nobody, root = \"" + closed + "/boxes\""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("does not let that user through");
    }

    @Test
    void filesRootThatIsNoDirectoryIsAMistakeOfTheConfig() {
        assertThatThrownBy(() -> create("files-root = \"/no/such/directory\""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'/no/such/directory'");
    }

    @Test
    void closingEndsEverythingAndMayComeTwiceOver() throws Exception {
        Component component = create("");
        SandboxConnection connection =
                component.sessionBackend().orElseThrow().connect(sandbox("demo"), context("alice"));
        SandboxProcess process =
                LocalHarness.start(connection, LocalHarness.exec("exec sleep 600"));
        component.close();
        assertThat(LocalHarness.exit(process)).isEqualTo(new ExitStatus.Signalled("HUP", false));
        assertThat(process.stdout().stream().read()).isEqualTo(-1);
        connection.close();
    }
}

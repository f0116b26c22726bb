// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.postern.api.auth.Identity;
import dev.postern.api.config.ConfigReader;
import dev.postern.api.plugin.Component;
import dev.postern.api.sandbox.Resolution;
import dev.postern.api.sandbox.SandboxProvisioner;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.api.sandbox.SandboxRequest;
import dev.postern.api.sandbox.SandboxResolver;
import dev.postern.api.value.Endpoint;
import dev.postern.testkit.plugin.ApiCaller;
import dev.postern.testkit.plugin.FaultySource;
import dev.postern.testkit.plugin.TestContext;
import dev.postern.testkit.plugin.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A component of this plugin as a gateway makes it, over a database of its own, with two backends. */
final class RegistryRun implements AutoCloseable {
    static final String NAME = "registry";
    private static final String SETTINGS =
            "database = main, accepts = [keys], backends = [local, plain]";

    private final TestDatabase database;
    final FaultySource source;
    final TestContext context;
    final Component component;
    final ApiCaller api;
    final Local local = new Local();

    RegistryRun(TestDatabase database, Path folder) {
        this.database = database;
        source = new FaultySource(database.source());
        context =
                new TestContext(source, folder)
                        .with("local", local)
                        .with("plain", new Component() {})
                        .withRoute("main", NAME, new Endpoint("ssh.example.org", 2222));
        component = new RegistryFactory().create(NAME, reader(SETTINGS), context);
        api = new ApiCaller(component.apiRoutes());
    }

    static ConfigReader reader(String text) {
        Config defaults =
                ConfigFactory.parseResources(RegistryRun.class, "/reference.conf")
                        .resolve()
                        .getConfig("postern.component-defaults.sandbox-registry");
        return ConfigReader.of(
                ConfigFactory.parseString(text).withFallback(defaults),
                "postern.components.registry");
    }

    SandboxResolver resolver() {
        return component.sandboxResolver().orElseThrow();
    }

    Resolution resolve(String sandbox, Identity... identities) {
        try {
            return resolver()
                    .resolve(
                            new SandboxRequest(
                                    "c1",
                                    "main",
                                    Optional.of(sandbox),
                                    List.of(identities),
                                    Optional.empty(),
                                    Optional.empty()));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A backend that remembers what it was asked to remove. */
    static final class Local implements Component, SandboxProvisioner {
        final CopyOnWriteArrayList<String> destroyed = new CopyOnWriteArrayList<>();
        volatile boolean failing;

        @Override
        public Optional<SandboxProvisioner> provisioner() {
            return Optional.of(this);
        }

        @Override
        public SandboxRef create(ProvisionRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void stop(SandboxRef sandbox) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void destroy(SandboxRef sandbox) {
            if (failing) {
                throw new IllegalStateException("the test lets it fail");
            }
            destroyed.add(sandbox.resolver() + "/" + sandbox.id() + sandbox.attributes());
        }

        @Override
        public List<Owned> list() {
            return List.of();
        }
    }

    @Override
    public void close() {
        source.close();
        database.close();
    }
}

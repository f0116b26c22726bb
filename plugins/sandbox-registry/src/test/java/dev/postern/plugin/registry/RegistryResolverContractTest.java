// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import dev.postern.api.auth.Identity;
import dev.postern.api.sandbox.SandboxResolver;
import dev.postern.testkit.contract.ResolverSubject;
import dev.postern.testkit.contract.SandboxResolverContract;
import dev.postern.testkit.plugin.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class RegistryResolverContractTest extends SandboxResolverContract {
    @TempDir private Path folder;

    @Override
    protected ResolverSubject subject() {
        return new Subject(new RegistryRun(TestDatabase.sqlite(folder), folder));
    }

    private record Subject(RegistryRun run) implements ResolverSubject {
        Subject {
            run.api.text(
                    "POST",
                    "/v1/sandboxes",
                    "{\"id\":\"demo\",\"owner\":\"alice\",\"team\":\"red\",\"backend\":\"local\"}");
            run.api.text(
                    "POST",
                    "/v1/sandboxes",
                    "{\"id\":\"old\",\"owner\":\"alice\",\"backend\":\"local\",\"expires_in\":\"5m\"}");
            run.context.clock().move(Duration.ofMinutes(5));
        }

        @Override
        public String name() {
            return RegistryRun.NAME;
        }

        @Override
        public SandboxResolver resolver() {
            return run.resolver();
        }

        @Override
        public String sandbox() {
            return "demo";
        }

        @Override
        public Identity owner() {
            return new Identity("keys", "alice");
        }

        @Override
        public Identity stranger() {
            return new Identity("keys", "mallory", Optional.of("blue"));
        }

        @Override
        public Optional<String> ended() {
            return Optional.of("old");
        }

        @Override
        public Object state() {
            return run.api.text("GET", "/v1/sandboxes", "");
        }

        @Override
        public Optional<Runnable> breakStore() {
            return Optional.of(run.source::fail);
        }

        @Override
        public Optional<Runnable> stallStore() {
            return Optional.of(run.source::stall);
        }

        @Override
        public void close() {
            run.close();
        }
    }
}

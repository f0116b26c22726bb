// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.api.backend.SessionBackend;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.Health;
import dev.postern.api.sandbox.ResumeHook;
import dev.postern.api.sandbox.SandboxResolver;
import java.util.Optional;

/** One Docker Engine: a resolver by label, a resume hook and a backend over one client. */
final class DockerComponent implements Component {
    private final DockerEngine engine;
    private final ContainerResolver resolver;
    private final ContainerWaker waker;
    private final DockerBackend backend;

    DockerComponent(String name, DockerSettings settings) {
        this.engine = DockerEngine.connect(settings.engine(), settings.timeout());
        this.resolver = new ContainerResolver(name, settings, engine);
        this.waker = new ContainerWaker(name, engine);
        this.backend = new DockerBackend(settings, engine);
    }

    @Override
    public Optional<SandboxResolver> sandboxResolver() {
        return Optional.of(resolver);
    }

    @Override
    public Optional<ResumeHook> resumeHook() {
        return Optional.of(waker);
    }

    @Override
    public Optional<SessionBackend> sessionBackend() {
        return Optional.of(backend);
    }

    @Override
    public Health health() {
        return engine.health();
    }

    @Override
    public void close() {
        engine.close();
    }
}

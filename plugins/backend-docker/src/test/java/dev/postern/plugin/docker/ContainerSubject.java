// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import static dev.postern.testkit.docker.DockerEngineExtension.BUSYBOX;
import static dev.postern.testkit.docker.DockerEngineExtension.docker;

import dev.postern.api.auth.Identity;
import dev.postern.api.backend.Capability;
import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.testkit.contract.BackendSubject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A container that runs until the subject is closed. */
final class ContainerSubject implements BackendSubject {
    private final DockerComponent component;
    private final String container;
    private final boolean root;

    ContainerSubject(List<String> options) {
        List<String> line =
                new ArrayList<>(List.of("run", "-d", "--init", "-l", "postern.sandbox=contract"));
        line.addAll(options);
        line.addAll(List.of(BUSYBOX, "sleep", "86400"));
        this.container = docker(line.toArray(String[]::new));
        DockerSettings s = DockerIT.settings();
        this.root = !options.contains("--user");
        this.component =
                new DockerComponent(
                        "docker",
                        new DockerSettings(
                                s.engine(),
                                s.timeout(),
                                s.label(),
                                s.accepts(),
                                s.openAccess(),
                                s.user(),
                                s.hostNetwork(),
                                s.attach(),
                                AgentMode.REQUIRED,
                                AgentBinaries.directory(),
                                s.agentPath()));
    }

    @Override
    public SessionBackend backend() {
        return component.sessionBackend().orElseThrow();
    }

    @Override
    public SandboxRef sandbox() {
        return ref(container);
    }

    @Override
    public Optional<SandboxRef> unreachable() {
        return Optional.of(ref("no-such-container"));
    }

    private static SandboxRef ref(String name) {
        return new SandboxRef(
                "docker", "contract", "", "docker", Map.of(DockerBackend.CONTAINER, name));
    }

    @Override
    public Set<Capability> declared() {
        EnumSet<Capability> all = EnumSet.allOf(Capability.class);
        all.remove(Capability.FILES);
        if (!root) {
            // An agent that is not root cannot become somebody else.
            all.remove(Capability.GUEST_USER);
        }
        return all;
    }

    @Override
    public ConnectionContext context() {
        return new ConnectionContext(
                "contract", new Identity("keys", "contract"), Optional.empty(), Optional.empty());
    }

    @Override
    public Optional<Runnable> cut() {
        return Optional.of(() -> docker("kill", container));
    }

    @Override
    public void close() {
        component.close();
        docker("rm", "-f", container);
    }
}

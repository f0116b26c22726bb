// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.api.auth.Identity;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.sandbox.Resolution;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.api.sandbox.SandboxRequest;
import dev.postern.api.sandbox.SandboxResolver;
import dev.postern.api.sandbox.SandboxState;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the container that carries a sandbox's label. {@code LABEL} names the sandbox; {@code LABEL.users} and {@code
 * LABEL.teams}, comma-separated, say who may open it.
 */
final class ContainerResolver implements SandboxResolver {
    /** What may reach a label filter: no quotes, no separators, nothing of another alphabet. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");

    private final String component;
    private final DockerSettings settings;
    private final DockerEngine engine;

    ContainerResolver(String component, DockerSettings settings, DockerEngine engine) {
        this.component = component;
        this.settings = settings;
        this.engine = engine;
    }

    @Override
    public Resolution resolve(SandboxRequest request) {
        List<Identity> accepted =
                request.identities().stream()
                        .filter(i -> settings.accepts().contains(i.authenticator()))
                        .toList();
        if (request.sandbox().filter(s -> ID.matcher(s).matches()).isEmpty()) {
            return new Resolution.NotFound();
        }
        String sandbox = request.sandbox().get();
        List<String> found = engine.withLabel(settings.label(), sandbox);
        if (found.size() > 1) {
            return new Resolution.Unavailable(DockerCodes.AMBIGUOUS, Optional.empty());
        }
        Optional<Container> container = found.stream().findFirst().flatMap(engine::inspect);
        if (container.isEmpty()) {
            return new Resolution.NotFound();
        }
        Optional<Identity> actor =
                accepted.stream().filter(i -> mayOpen(i, container.get())).findFirst();
        if (actor.isEmpty()) {
            return new Resolution.Forbidden(
                    "container '"
                            + container.get().name()
                            + "' is not open to any of "
                            + request.identities());
        }
        return answer(sandbox, container.get(), actor.get());
    }

    private Resolution answer(String sandbox, Container container, Identity actor) {
        if (container.hostNetwork() && !settings.hostNetwork()) {
            return new Resolution.Unavailable(DockerCodes.HOST_NETWORK, Optional.empty());
        }
        return switch (state(container.state())) {
            case UNKNOWN -> new Resolution.Unavailable(DockerCodes.STATE, Optional.empty());
            case SandboxState state ->
                    new Resolution.Found(
                            ref(sandbox, container),
                            actor,
                            state,
                            Optional.empty(),
                            Restrictions.NONE,
                            Optional.empty());
        };
    }

    private SandboxRef ref(String sandbox, Container container) {
        return new SandboxRef(
                component,
                sandbox,
                generation(container),
                component,
                Map.of(DockerBackend.CONTAINER, container.id()));
    }

    /** A container that was made anew or started again is another run. */
    static String generation(Container container) {
        return container.id().substring(0, Math.min(12, container.id().length()))
                + "@"
                + container.startedAt();
    }

    private boolean mayOpen(Identity identity, Container container) {
        Optional<Set<String>> users = names(container, settings.label() + ".users");
        Optional<Set<String>> teams = names(container, settings.label() + ".teams");
        if (users.isEmpty() && teams.isEmpty()) {
            return settings.openAccess() == OpenAccess.ACCEPTED;
        }
        return users.filter(u -> u.contains(identity.subject())).isPresent()
                || teams.filter(t -> identity.team().filter(t::contains).isPresent()).isPresent();
    }

    private static Optional<Set<String>> names(Container container, String label) {
        return Optional.ofNullable(container.labels().get(label))
                .map(text ->
                        Arrays.stream(text.split(","))
                                .map(String::strip)
                                .filter(name -> !name.isEmpty())
                                .collect(Collectors.toUnmodifiableSet()));
    }

    static SandboxState state(String status) {
        return switch (status) {
            case "running" -> SandboxState.RUNNING;
            case "paused" -> SandboxState.PAUSED;
            case "restarting" -> SandboxState.STARTING;
            case "created", "exited" -> SandboxState.STOPPED;
            default -> SandboxState.UNKNOWN;
        };
    }
}

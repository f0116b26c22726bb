// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.api.error.PosternException;
import dev.postern.api.sandbox.ResumeHook;
import dev.postern.api.sandbox.ResumeRequest;
import dev.postern.api.sandbox.ResumeResult;
import dev.postern.api.sandbox.SandboxRef;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Unpauses and starts containers, one step of Docker's state machine at a time, until they run. */
final class ContainerWaker implements ResumeHook {
    private static final Duration STEP = Duration.ofMillis(100);

    private final String component;
    private final DockerEngine engine;

    ContainerWaker(String component, DockerEngine engine) {
        this.component = component;
        this.engine = engine;
    }

    @Override
    public ResumeResult resume(ResumeRequest request) throws InterruptedException {
        SandboxRef sandbox = request.sandbox();
        String id = sandbox.attributes().get(DockerBackend.CONTAINER);
        if (!sandbox.backend().equals(component) || id == null) {
            return ResumeResult.NOT_MINE;
        }
        long end = System.nanoTime() + request.timeout().toNanos();
        while (System.nanoTime() < end) {
            Optional<Container> container = engine.inspect(id);
            if (container.isEmpty()) {
                return failed("the container of '" + sandbox.id() + "' is gone");
            }
            switch (container.get().state()) {
                case "running" -> {
                    return new ResumeResult.Running(
                            sandbox.withGeneration(ContainerResolver.generation(container.get())));
                }
                case "paused" -> step(() -> engine.unpause(id));
                case "created", "exited" -> step(() -> engine.start(id));
                case "restarting" -> TimeUnit.MILLISECONDS.sleep(STEP.toMillis());
                default -> {
                    return failed(
                            "the container of '"
                                    + sandbox.id()
                                    + "' is "
                                    + container.get().state());
                }
            }
        }
        return failed(
                "the container of '"
                        + sandbox.id()
                        + "' did not run within "
                        + request.timeout().toSeconds()
                        + " s");
    }

    /** Somebody else may have taken the same step at the same time; the next look tells. */
    private static void step(Runnable action) throws InterruptedException {
        try {
            action.run();
        } catch (PosternException e) {
            if (e.code().equals(DockerCodes.ENGINE_UNREACHABLE)) {
                throw e;
            }
            TimeUnit.MILLISECONDS.sleep(STEP.toMillis());
        }
    }

    private static ResumeResult failed(String message) {
        return new ResumeResult.Failed(DockerCodes.STATE, message, Optional.empty());
    }
}

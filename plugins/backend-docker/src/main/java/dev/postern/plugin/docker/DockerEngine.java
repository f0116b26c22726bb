// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.ExecCreateCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectExecResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.postern.api.error.PosternException;
import dev.postern.api.plugin.Health;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the Engine API that are not streams, through docker-java. Blocking, any number of threads; a failure of
 * the engine is a {@link PosternException}.
 */
final class DockerEngine implements AutoCloseable {
    private final EngineAddress address;
    private final DockerClient client;
    private volatile String down = "";

    private DockerEngine(EngineAddress address, DockerClient client) {
        this.address = address;
        this.client = client;
    }

    static DockerEngine connect(EngineAddress address, Duration timeout) {
        DefaultDockerClientConfig.Builder config =
                DefaultDockerClientConfig.createDefaultConfigBuilder()
                        .withDockerHost(address.toString())
                        .withDockerTlsVerify(false);
        if (address instanceof EngineAddress.Tcp tcp && tcp.certificates().isPresent()) {
            config.withDockerTlsVerify(true)
                    .withDockerCertPath(tcp.certificates().get().toString());
        }
        DefaultDockerClientConfig built = config.build();
        ZerodepDockerHttpClient http =
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(built.getDockerHost())
                        .sslConfig(built.getSSLConfig())
                        .maxConnections(64)
                        .connectionTimeout(Duration.ofSeconds(5))
                        .responseTimeout(timeout)
                        .build();
        return new DockerEngine(address, DockerClientImpl.getInstance(built, http));
    }

    EngineAddress address() {
        return address;
    }

    Health health() {
        return down.isEmpty() ? Health.UP : Health.down(down);
    }

    /** Ids of the containers, running or not, that carry a label. */
    List<String> withLabel(String label, String value) {
        return call(() ->
                client
                        .listContainersCmd()
                        .withShowAll(true)
                        .withLabelFilter(Map.of(label, value))
                        .exec()
                        .stream()
                        .map(com.github.dockerjava.api.model.Container::getId)
                        .toList());
    }

    /** A container by id or name. */
    Optional<Container> inspect(String idOrName) {
        return call(() -> {
            try {
                return Optional.of(describe(client.inspectContainerCmd(idOrName).exec()));
            } catch (NotFoundException e) {
                return Optional.empty();
            }
        });
    }

    /** The image's processor architecture, such as {@code amd64}. */
    String architecture(String image) {
        return call(() -> text(client.inspectImageCmd(image).exec().getArch()));
    }

    void start(String id) {
        run(() -> client.startContainerCmd(id).exec());
    }

    void unpause(String id) {
        run(() -> client.unpauseContainerCmd(id).exec());
    }

    /** Unpacks an uncompressed tar archive in a directory of the container. */
    void unpack(String id, String directory, byte[] tar) {
        run(() ->
                client.copyArchiveToContainerCmd(id)
                        .withRemotePath(directory)
                        .withTarInputStream(new ByteArrayInputStream(tar))
                        .exec());
    }

    /** Prepares a process in a running container; it starts when its stream is opened. */
    String createExec(String id, ExecRequest request) {
        return call(() -> {
            ExecCreateCmd command =
                    client.execCreateCmd(id)
                            .withCmd(request.command().toArray(String[]::new))
                            .withEnv(
                                    request.environment().entrySet().stream()
                                            .map(e -> e.getKey() + "=" + e.getValue())
                                            .toList())
                            .withTty(request.tty())
                            .withAttachStdin(true)
                            .withAttachStdout(true)
                            .withAttachStderr(!request.tty());
            request.user().ifPresent(command::withUser);
            return command.exec().getId();
        });
    }

    void resizeExec(String exec, int rows, int columns) {
        run(() -> client.resizeExecCmd(exec).withSize(rows, columns).exec());
    }

    /** The exit code of an exec; empty while it runs. */
    Optional<Integer> exitCode(String exec) {
        return call(() -> {
            InspectExecResponse answer = client.inspectExecCmd(exec).exec();
            Long code = answer.getExitCodeLong();
            return Boolean.TRUE.equals(answer.isRunning()) || code == null
                    ? Optional.empty()
                    : Optional.of(code.intValue());
        });
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            // Nothing is left to do with it.
            return;
        }
    }

    private void run(Runnable action) {
        call(() -> {
            action.run();
            return true;
        });
    }

    private <T> T call(Supplier<T> action) {
        try {
            T answer = action.get();
            down = "";
            return answer;
        } catch (NotFoundException e) {
            throw new PosternException(DockerCodes.NO_CONTAINER, sentence(e), e);
        } catch (DockerException e) {
            throw new PosternException(DockerCodes.ENGINE_REFUSED, sentence(e), e);
        } catch (RuntimeException e) {
            down = "Docker Engine at " + address + " does not answer";
            throw new PosternException(DockerCodes.ENGINE_UNREACHABLE, down, e);
        }
    }

    private String sentence(DockerException e) {
        String message = text(e.getMessage()).strip().replaceAll("\\s+", " ");
        return "Docker Engine at " + address + " refused: " + message;
    }

    private static Container describe(InspectContainerResponse answer) {
        var config = answer.getConfig();
        var state = answer.getState();
        var host = answer.getHostConfig();
        Map<String, String> labels = config.getLabels();
        return new Container(
                answer.getId(),
                text(answer.getName()).replaceFirst("^/", ""),
                labels == null ? Map.of() : labels,
                text(state.getStatus()),
                text(state.getStartedAt()),
                host != null && "host".equals(host.getNetworkMode()),
                host != null && Boolean.TRUE.equals(host.getReadonlyRootfs()),
                text(answer.getImageId()),
                Optional.ofNullable(config.getUser()).filter(u -> !u.isEmpty()));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}

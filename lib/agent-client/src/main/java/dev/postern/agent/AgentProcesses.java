// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.PtySpec;
import dev.postern.api.backend.StartResult;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.value.Bytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Starts processes. */
final class AgentProcesses {
    private static final String SFTP = "sftp";

    private final AgentLink link;
    private final AgentOptions options;

    AgentProcesses(AgentLink link, AgentOptions options) {
        this.link = link;
        this.options = options;
    }

    StartResult start(ProcessSpec spec) throws InterruptedException {
        Optional<OpenRequest> request = request(spec);
        if (request.isEmpty()) {
            return new StartResult.Failed(
                    RefusalCodes.BACKEND_CAPABILITY, "the agent has no such subsystem");
        }
        AtomicReference<AgentStream> stream = new AtomicReference<>();
        return switch (link.open(request.get(), stream::set)) {
            case AgentStream.Answer.Opened opened ->
                    new StartResult.Started(new AgentProcess(stream.get()));
            case AgentStream.Answer.Lost(var loss) ->
                    new StartResult.Failed(loss.code(), loss.message());
            case AgentStream.Answer.Refused(var failure) -> refused(failure);
        };
    }

    private static StartResult refused(OpenFailure failure) {
        return switch (failure.reason()) {
            case NOT_FOUND -> new StartResult.NotFound(failure.message());
            case NOT_EXECUTABLE, NOT_PERMITTED -> new StartResult.NotPermitted(failure.message());
            case RESOURCE -> new StartResult.Failed(AgentCodes.LIMIT, failure.message());
            default -> new StartResult.Failed(RefusalCodes.BACKEND_START_FAILED, failure.message());
        };
    }

    private Optional<OpenRequest> request(ProcessSpec spec) {
        Map<String, String> environment = new HashMap<>(options.environment());
        environment.putAll(spec.environment());
        return switch (spec.command()) {
            case ProcessSpec.Shell() ->
                    Optional.of(exec(OpenRequest.Form.SHELL, List.of(), environment, spec.pty()));
            case ProcessSpec.Exec(Bytes line) ->
                    Optional.of(
                            exec(OpenRequest.Form.COMMAND, List.of(line), environment, spec.pty()));
            case ProcessSpec.Subsystem(String name) when name.equals(SFTP) ->
                    Optional.of(
                            new OpenRequest.Sftp(options.user(), environment, options.directory()));
            case ProcessSpec.Subsystem unknown -> Optional.empty();
        };
    }

    private OpenRequest exec(
            OpenRequest.Form form,
            List<Bytes> arguments,
            Map<String, String> environment,
            Optional<PtySpec> pty) {
        return new OpenRequest.Exec(
                options.user(), form, arguments, environment, options.directory(), pty);
    }
}

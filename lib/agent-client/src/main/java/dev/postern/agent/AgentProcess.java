// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.SandboxProcess;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** A process that the agent started. */
final class AgentProcess implements SandboxProcess {
    /** What the agent understands; anything else cannot be the name of a signal. */
    private static final Pattern SIGNAL_NAME = Pattern.compile("[A-Z][A-Z0-9]{1,15}");

    private final AgentStream stream;

    AgentProcess(AgentStream stream) {
        this.stream = stream;
    }

    @Override
    public ByteSink stdin() {
        return stream.out;
    }

    @Override
    public ByteSource stdout() {
        return stream.main;
    }

    @Override
    public ByteSource stderr() {
        return stream.errors;
    }

    @Override
    public CompletableFuture<ExitStatus> exit() {
        return stream.exit;
    }

    @Override
    public void resize(PtySize size) {
        stream.control(FrameType.RESIZE, OpenRequest.size(new PayloadWriter(), size).bytes());
    }

    @Override
    public boolean signal(String name) {
        return SIGNAL_NAME.matcher(name).matches()
                && !exit().isDone()
                && stream.control(FrameType.SIGNAL, new PayloadWriter().text(name).bytes());
    }

    @Override
    public void end(EndReason reason) {
        stream.close(
                switch (reason) {
                    case FINISHED -> AgentStream.DETACH;
                    case HANGUP -> AgentStream.HANG_UP;
                    case KILL -> AgentStream.KILL;
                });
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.forward;

import dev.postern.api.backend.DuplexStream;
import dev.postern.api.backend.SandboxProcess.EndReason;
import dev.postern.runtime.session.ChannelHandler;
import dev.postern.runtime.session.ChannelPort;
import dev.postern.runtime.session.OutputPump;
import dev.postern.runtime.session.SessionRequest;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A channel that carries a byte stream. Each half ends on its own; when both have, the channel is closed. */
public final class StreamChannel implements ChannelHandler {
    private static final int HALVES = 2;

    private final ChannelPort port;
    private final DuplexStream stream;
    private final AtomicInteger open = new AtomicInteger(HALVES);
    private volatile boolean inputEnded;
    private volatile boolean peerClosed;

    /** Connects nothing yet. */
    public StreamChannel(ChannelPort port, DuplexStream stream) {
        this.port = port;
        this.stream = stream;
    }

    /** Connects both halves; returns at once. */
    public void start() {
        port.connectInput(stream.sink(), this::inputEnded);
        OutputPump.start(
                stream.source(),
                port.output(() -> {
                    port.endOutput();
                    halfEnded();
                }),
                port.id());
    }

    private void inputEnded() {
        inputEnded = true;
        if (peerClosed) {
            stream.close();
        }
        halfEnded();
    }

    private void halfEnded() {
        if (open.decrementAndGet() == 0) {
            port.close();
            stream.close();
        }
    }

    @Override
    public void request(SessionRequest request, Consumer<Boolean> reply) {
        reply.accept(false);
    }

    @Override
    public boolean closedByPeer() {
        // What the client sent before it closed still goes into the sandbox, however slow the
        // reader is.
        peerClosed = true;
        if (inputEnded) {
            stream.close();
        }
        return true;
    }

    @Override
    public void end(EndReason reason) {
        stream.close();
    }
}

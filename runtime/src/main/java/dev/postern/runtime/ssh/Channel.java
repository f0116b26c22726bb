// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ExitStatus;
import dev.postern.runtime.session.ChannelHandler;
import dev.postern.runtime.session.ChannelPort;
import dev.postern.runtime.session.PeerText;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * One open channel: its windows, its data in both directions, and the order of its last messages. Data is handled on the
 * thread that decodes and never blocks it.
 */
final class Channel implements ChannelPort {
    private final ChannelMux mux;
    private final GatewaySession session;
    private final int number;
    private final long recipient;
    private final ChannelOutput output;
    private final InputQueue input;
    private final ReceiveWindow window;
    private final String type;
    private final long opened = System.nanoTime();

    private volatile ChannelHandler handler = ChannelHandler.NONE;
    private volatile long lastMoved = System.nanoTime();
    private final AtomicInteger waiting = new AtomicInteger();
    private boolean endSent;
    private boolean closeSent;
    private boolean closeReceived;

    Channel(ChannelMux mux, int number, String type, RemoteEnd remote, ReceiveWindow window) {
        this.mux = mux;
        this.session = mux.session();
        this.number = number;
        this.type = type;
        this.recipient = remote.channel();
        this.window = window;
        output =
                new ChannelOutput(
                        session,
                        remote.channel(),
                        remote.window(),
                        remote.packet(),
                        this::movedOut);
        input = new InputQueue(this::consumed, mux.virtualPumps(), mux.platformPumps());
    }

    /** What the client said of its end of a channel. */
    record RemoteEnd(long channel, long window, long packet) {}

    /** Who is told of requests and of the end; set before the channel can be used. */
    void handledBy(ChannelHandler to) {
        handler = to;
    }

    ChannelHandler handler() {
        return handler;
    }

    int number() {
        return number;
    }

    String type() {
        return type;
    }

    long openedNanos() {
        return opened;
    }

    /** When data last moved, or the channel was opened. */
    long lastMovedNanos() {
        return lastMoved;
    }

    private void movedOut(int octets) {
        touch();
        mux.connection().countOut(octets);
    }

    private void touch() {
        lastMoved = System.nanoTime();
    }

    // ---- from the client, on the thread that decodes ----

    /** Data; false if the client exceeds its window. */
    boolean data(byte[] bytes, int offset, int length) {
        if (!window.take(length)) {
            return false;
        }
        touch();
        mux.connection().countIn(length);
        input.receive(bytes, offset, length);
        return true;
    }

    /** Extended data, for which a server has no use; false if the client exceeds its window. */
    boolean extendedData(int length) {
        if (!window.take(length)) {
            return false;
        }
        consumed(length);
        return true;
    }

    /** Counts a request that waits to be handled. */
    void expect(int size) {
        waiting.addAndGet(size);
    }

    /** A request was answered; after {@link #settleAll} it does not count any more. */
    void settle(int size) {
        int counted = waiting.getAndUpdate(all -> Math.max(0, all - size));
        mux.handled(Math.min(counted, size));
    }

    /** Requests that are never answered now do not wait either. */
    void settleAll() {
        mux.handled(waiting.getAndSet(0));
    }

    boolean adjust(long more) {
        return output.adjust(more);
    }

    void endOfInput() {
        input.end();
    }

    void closedByPeer() {
        synchronized (this) {
            closeReceived = true;
        }
        output.close();
        input.end();
        if (handler.closedByPeer()) {
            close();
        }
        forgetIfOver();
    }

    private void consumed(int count) {
        long opening = window.consume(count, input.isEmpty());
        if (opening > 0 && !isCloseSent()) {
            Buffer buffer = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST, 16);
            buffer.putUInt(recipient);
            buffer.putUInt(opening);
            session.send(buffer);
        }
    }

    private synchronized boolean isCloseSent() {
        return closeSent;
    }

    // ---- for those who are connected to it ----

    @Override
    public String id() {
        return mux.connection().info().id() + "." + number;
    }

    @Override
    public ByteSink output(Runnable finished) {
        return output.plain(finished);
    }

    @Override
    public ByteSink errors(Runnable finished) {
        return output.extended(finished);
    }

    @Override
    public void connectInput(ByteSink target, Runnable ended) {
        input.connect(target, ended);
    }

    @Override
    public void dropInput() {
        input.drop();
    }

    @Override
    public boolean outputIdle() {
        return output.isWritable();
    }

    @Override
    public void say(String text) {
        output.say(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Answers a channel request. */
    void reply(boolean success) {
        byte command =
                success
                        ? SshConstants.SSH_MSG_CHANNEL_SUCCESS
                        : SshConstants.SSH_MSG_CHANNEL_FAILURE;
        inOrder(() -> {
            if (!closeSent) {
                sendPlain(command);
            }
        });
    }

    /** Sends under our lock, so that no message follows a close, and lets the packets leave outside of it. */
    private void inOrder(Runnable sending) {
        session.io().cork();
        try {
            synchronized (this) {
                sending.run();
            }
        } finally {
            session.io().uncork();
        }
    }

    @Override
    public void exited(ExitStatus status) {
        inOrder(() -> {
            if (!closeSent) {
                sendStatus(status);
            }
        });
    }

    private void sendStatus(ExitStatus status) {
        switch (status) {
            case ExitStatus.Exited(int value) -> {
                Buffer buffer = request("exit-status");
                buffer.putUInt(value);
                session.send(buffer);
            }
            case ExitStatus.Signalled(String signal, boolean core) -> sendSignal(signal, core, "");
            case ExitStatus.Lost(var code, var _) -> sendSignal("KILL", false, code.value());
        }
    }

    private void sendSignal(String signal, boolean core, String message) {
        Buffer buffer = request("exit-signal");
        buffer.putString(PeerText.clean(signal));
        buffer.putBoolean(core);
        buffer.putString(message);
        buffer.putString("");
        session.send(buffer);
    }

    private Buffer request(String name) {
        Buffer buffer = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST);
        buffer.putUInt(recipient);
        buffer.putString(name);
        buffer.putBoolean(false);
        return buffer;
    }

    @Override
    public void endOutput() {
        inOrder(() -> {
            if (!endSent && !closeSent) {
                endSent = true;
                sendPlain(SshConstants.SSH_MSG_CHANNEL_EOF);
            }
        });
    }

    @Override
    public void close() {
        inOrder(() -> {
            if (!closeSent) {
                closeSent = true;
                sendPlain(SshConstants.SSH_MSG_CHANNEL_CLOSE);
            }
        });
        output.close();
        boolean byPeer;
        synchronized (this) {
            byPeer = closeReceived;
        }
        // After a close of the client's, what it had sent before still goes in.
        if (!byPeer) {
            input.drop();
        }
        forgetIfOver();
    }

    private void sendPlain(byte command) {
        Buffer buffer = session.createBuffer(command, 8);
        buffer.putUInt(recipient);
        session.send(buffer);
    }

    private void forgetIfOver() {
        synchronized (this) {
            if (!closeSent || !closeReceived) {
                return;
            }
        }
        window.release();
        mux.forget(this);
    }

    /** The transport is gone: nobody is told anything. */
    void abandon() {
        synchronized (this) {
            closeSent = true;
            closeReceived = true;
        }
        output.close();
        input.drop();
        window.release();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.runtime.forward.ClientChannels;
import dev.postern.runtime.forward.Dialer;
import dev.postern.runtime.session.ClientText;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;

/**
 * The connection service (RFC 4254) of one connection: takes messages apart on the thread that decodes, where nothing may
 * block, and hands what may block to the threads of channels and of global requests.
 */
final class ChannelMux extends AbstractCloseable implements Service {
    private static final int MOST_WAITING_OCTETS = 1 << 20;

    /** What a request that waits takes beside its text, roughly. */
    static final int REQUEST_OVERHEAD = 256;

    private final GatewaySession session;
    private final Connection connection;
    private final Map<Integer, Channel> channels = new ConcurrentHashMap<>();
    private final Map<Integer, PendingOpen> opening = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger waitingOctets = new AtomicInteger();
    private final ChannelOpens opens;
    private final GlobalRequests globals;
    private final ClientOpens clientChannels;
    private final Dialer dialer;
    private volatile long lastClosed = System.nanoTime();

    /** A channel that we have asked the client to open. */
    record PendingOpen(String type, ReceiveWindow window, OpenResult result) {}

    /** Hears what became of a channel that we asked for; must not block. */
    interface OpenResult {
        void opened(Channel channel);

        void refused(String message);
    }

    ChannelMux(GatewaySession session) {
        this.session = session;
        connection = session.connection();
        clientChannels = new ClientOpens(this);
        dialer = new Dialer(connection.scope());
        opens = new ChannelOpens(this);
        globals = new GlobalRequests(this);
    }

    GatewaySession session() {
        return session;
    }

    Connection connection() {
        return connection;
    }

    Executor virtualPumps() {
        return connection.engine().virtualPumps();
    }

    Executor platformPumps() {
        return connection.engine().platformPumps();
    }

    ClientChannels clientChannels() {
        return clientChannels;
    }

    Dialer dialer() {
        return dialer;
    }

    GlobalRequests globals() {
        return globals;
    }

    Collection<Channel> channels() {
        return Collections.unmodifiableCollection(channels.values());
    }

    /** When the last channel was closed, or the service began. */
    long lastClosedNanos() {
        return lastClosed;
    }

    @Override
    public void start() {
        connection.serviceStarted(this);
    }

    @Override
    public Session getSession() {
        return session;
    }

    @Override
    public Map<String, Object> getProperties() {
        return Map.of();
    }

    @Override
    public void process(int command, Buffer buffer) throws Exception {
        switch (command) {
            case SshConstants.SSH_MSG_CHANNEL_DATA -> data(buffer);
            case SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST -> adjust(buffer);
            case SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA -> extendedData(buffer);
            case SshConstants.SSH_MSG_CHANNEL_REQUEST -> request(buffer);
            case SshConstants.SSH_MSG_CHANNEL_EOF -> channel(buffer).endOfInput();
            case SshConstants.SSH_MSG_CHANNEL_CLOSE -> channel(buffer).closedByPeer();
            case SshConstants.SSH_MSG_CHANNEL_OPEN -> opens.open(buffer);
            case SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION -> opened(buffer);
            case SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE -> refused(buffer);
            case SshConstants.SSH_MSG_GLOBAL_REQUEST -> globals.request(buffer);
            case SshConstants.SSH_MSG_REQUEST_SUCCESS, SshConstants.SSH_MSG_REQUEST_FAILURE ->
                    connection.clientAnswered();
            // We ask for no answers on channels; what comes all the same means nothing
            case SshConstants.SSH_MSG_CHANNEL_SUCCESS, SshConstants.SSH_MSG_CHANNEL_FAILURE ->
                    connection.clientAnswered();
            // RFC 4252 section 5.1: ignored once authentication has succeeded
            case SshConstants.SSH_MSG_USERAUTH_REQUEST -> {}
            default -> session.unimplemented(command, buffer);
        }
    }

    private Channel channel(Buffer buffer) throws SshException {
        long number = buffer.getUInt();
        Channel channel = channels.get((int) number);
        if (channel == null || number > Integer.MAX_VALUE) {
            throw protocolError("There is no channel " + number);
        }
        return channel;
    }

    static SshException protocolError(String message) {
        return new SshException(SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR, message);
    }

    private void data(Buffer buffer) throws SshException {
        Channel channel = channel(buffer);
        int length = length(buffer);
        if (!channel.data(buffer.array(), buffer.rpos(), length)) {
            throw protocolError("Data beyond the window of channel " + channel.number());
        }
    }

    private void extendedData(Buffer buffer) throws SshException {
        Channel channel = channel(buffer);
        buffer.getUInt();
        if (!channel.extendedData(length(buffer))) {
            throw protocolError("Data beyond the window of channel " + channel.number());
        }
    }

    private static int length(Buffer buffer) throws SshException {
        long length = buffer.getUInt();
        if (length > buffer.available()) {
            throw protocolError("A string is longer than its packet");
        }
        return (int) length;
    }

    private void adjust(Buffer buffer) throws SshException {
        Channel channel = channel(buffer);
        if (!channel.adjust(buffer.getUInt())) {
            throw protocolError("The window of channel " + channel.number() + " overflows");
        }
    }

    private void request(Buffer buffer) throws SshException {
        Channel channel = channel(buffer);
        int size = REQUEST_OVERHEAD + buffer.available();
        SessionRequests.Parsed parsed = SessionRequests.parse(buffer);
        expect(size);
        channel.expect(size);
        channel.handler()
                .request(
                        parsed.request(),
                        success -> {
                            channel.settle(size);
                            if (parsed.wantReply()) {
                                channel.reply(success);
                            }
                        });
    }

    /** Counts what waits for slow hands; {@link #handled} takes it back. */
    void expect(int size) throws SshException {
        if (waitingOctets.addAndGet(size) > MOST_WAITING_OCTETS) {
            throw protocolError("Too many requests wait");
        }
    }

    void handled(int size) {
        waitingOctets.addAndGet(-size);
    }

    private void opened(Buffer buffer) throws SshException {
        PendingOpen pending = pending(buffer);
        int number = (int) buffer.rawUInt(buffer.rpos() - Integer.BYTES);
        var remote =
                new Channel.RemoteEnd(buffer.getUInt(), buffer.getUInt(), packet(buffer.getUInt()));
        var channel = new Channel(this, number, pending.type(), remote, pending.window());
        channels.put(number, channel);
        opening.remove(number);
        connection.channelOpened(channel);
        pending.result().opened(channel);
    }

    private void refused(Buffer buffer) throws SshException {
        PendingOpen pending = pending(buffer);
        opening.remove((int) buffer.rawUInt(buffer.rpos() - Integer.BYTES));
        buffer.getUInt();
        pending.window().release();
        pending.result().refused(buffer.getString());
    }

    private PendingOpen pending(Buffer buffer) throws SshException {
        long number = buffer.getUInt();
        PendingOpen pending = opening.get((int) number);
        if (pending == null) {
            throw protocolError("We did not ask for channel " + number);
        }
        return pending;
    }

    static long packet(long size) throws SshException {
        if (size < 1) {
            throw protocolError("A channel's packets cannot be empty");
        }
        return size;
    }

    /** Room for one more channel, counting those that are being opened. */
    boolean hasRoom() {
        return channels.size() + opening.size() + dialer.waiting() < connection.ssh().maxChannels();
    }

    int nextNumber() {
        return numbers.getAndUpdate(last -> last == Integer.MAX_VALUE ? 0 : last + 1);
    }

    ReceiveWindow newWindow() {
        return new ReceiveWindow(connection.engine().budget(), connection.ssh().windowMax());
    }

    /** Enters a channel that the client asked for, and tells it. */
    void confirm(Channel channel, long recipient) {
        channels.put(channel.number(), channel);
        connection.channelOpened(channel);
        Buffer answer = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION, 32);
        answer.putUInt(recipient);
        answer.putUInt(channel.number());
        answer.putUInt(ReceiveWindow.FIRST);
        answer.putUInt(PACKET);
        session.send(answer);
        if (isClosing()) {
            channel.abandon();
        }
    }

    /** As OpenSSH's. */
    static final int PACKET = 32 << 10;

    /** Refuses a channel that the client asked for. */
    void refuse(long recipient, RefusalCode code) {
        String text = ClientText.of(code, connection.info().id());
        Buffer answer =
                session.createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE, text.length() + 64);
        answer.putUInt(recipient);
        answer.putUInt(RefusalMapping.openFailure(code));
        answer.putString(text);
        answer.putString("");
        session.send(answer);
    }

    /** Asks the client to open a channel; {@code payload} is what follows the sizes. */
    void open(String type, Buffer payload, OpenResult result) {
        if (!hasRoom() || isClosing()) {
            result.refused(RefusalCodes.LIMIT_CHANNELS.value());
            return;
        }
        int number = nextNumber();
        opening.put(number, new PendingOpen(type, newWindow(), result));
        Buffer buffer = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN);
        buffer.putString(type);
        buffer.putUInt(number);
        buffer.putUInt(ReceiveWindow.FIRST);
        buffer.putUInt(PACKET);
        buffer.putBuffer(payload);
        session.send(buffer);
    }

    void forget(Channel channel) {
        if (channels.remove(channel.number(), channel)) {
            channel.settleAll();
            lastClosed = System.nanoTime();
            connection.channelClosed(channel);
        }
    }

    /** The transport is gone: nobody is told anything. */
    void abandon() {
        dialer.stop();
        globals.stop();
        channels.values().forEach(Channel::abandon);
        channels.values().forEach(this::forget);
    }

    /** Takes everything away from the client; the channels' handlers are told by the connection. */
    @Override
    protected void preClose() {
        opening.values().forEach(pending -> pending.result().refused("closing"));
        opening.clear();
        connection.serviceStopped();
    }
}

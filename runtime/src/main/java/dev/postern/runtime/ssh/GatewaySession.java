// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine's side of a connection: packets, key exchange and services; what happens with them is ours. */
final class GatewaySession extends ServerSessionImpl {
    /** OpenSSH's transport-level ping (its PROTOCOL, section 1.8). */
    private static final int PING = 192;

    private static final byte PONG = (byte) 193;

    /** Not our own class: the engine logs under that name, and what it logs is turned off. */
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final ConnectionIo io;
    private final Connection connection;

    GatewaySession(ServerFactoryManager server, ConnectionIo io, Connection connection)
            throws Exception {
        super(server, io);
        this.io = io;
        this.connection = connection;
    }

    ConnectionIo io() {
        return io;
    }

    Connection connection() {
        return connection;
    }

    /** Announces the session and sends our identification. */
    void begin() throws Exception {
        signalSessionCreated(io);
        start();
    }

    /** Decodes and handles what came in; answers leave together. */
    void receive(ByteBuffer bytes) throws Exception {
        io.cork();
        try {
            messageReceived(Readable.readable(bytes));
        } finally {
            io.uncork();
        }
    }

    /** Takes over settings that were changed after it was made. */
    void refreshSettings() {
        refreshConfiguration();
    }

    /** Whether channel data must wait. */
    boolean exchangingKeys() {
        return ((KeyExchangeGuard) kexHandler).isExchanging(kexState.get());
    }

    /** Runs the action when channel data need not wait. */
    void afterKeyExchange(Runnable once) {
        ((KeyExchangeGuard) kexHandler).afterExchange(kexState::get, once);
    }

    /** Sends a packet. A connection that is closing swallows it. */
    void send(Buffer packet) {
        send(packet, () -> {});
    }

    /** Sends a packet and hears when it has left, or never will. */
    void send(Buffer packet, Runnable written) {
        io.cork();
        try {
            writePacket(packet).addListener(future -> written.run());
        } catch (IOException e) {
            LOG.atTrace().setCause(e).log("Packet for a closing connection");
            written.run();
        } finally {
            io.uncork();
        }
    }

    /** Whether an exchange of new keys is due because the old ones are old; asks for it. */
    void rekeyIfDue() {
        try {
            checkRekey();
        } catch (Exception e) {
            exceptionCaught(e);
        }
    }

    /** Says that we do not know a message. */
    void unimplemented(int command, Buffer buffer) throws Exception {
        notImplemented(command, buffer);
    }

    @Override
    protected KeyExchangeMessageHandler initializeKeyExchangeMessageHandler() {
        return new KeyExchangeGuard(
                this,
                log,
                () ->
                        exceptionCaught(
                                new SshException(
                                        SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR,
                                        "Too many answers wait for a key exchange")));
    }

    @Override
    protected void doHandleMessage(Buffer buffer) throws Exception {
        if (initialKexDone && (buffer.rawByte(buffer.rpos()) & 0xff) == PING) {
            buffer.getByte();
            byte[] data = buffer.getBytes();
            Buffer answer = createBuffer(PONG, data.length + Integer.BYTES);
            answer.putBytes(data);
            send(answer);
            return;
        }
        super.doHandleMessage(buffer);
    }

    /** Only user authentication can be asked for; the connection service begins with its success, and once. */
    @Override
    public void startService(String name, @Nullable Buffer buffer) throws Exception {
        boolean allowed =
                switch (name) {
                    case "ssh-userauth" -> !isAuthenticated();
                    case "ssh-connection" ->
                            isAuthenticated()
                                    && !(currentService.getService() instanceof ChannelMux);
                    default -> false;
                };
        if (!allowed) {
            throw new SshException(
                    SshConstants.SSH2_DISCONNECT_SERVICE_NOT_AVAILABLE,
                    "Service not available now");
        }
        super.startService(name, buffer);
    }

    @Override
    public void exceptionCaught(Throwable cause) {
        connection.broken(cause);
    }

    /** The engine ends the connection for reasons of its own; the peer sees our words. */
    @Override
    public void disconnect(int reason, String message) {
        connection.engineDisconnects(reason, message);
    }

    @Override
    protected void handleDisconnect(int code, String message, String language, Buffer buffer) {
        connection.peerDisconnects(code, message);
    }

    /** Shows a text to the client's user before authentication is over. */
    void sendBanner(String text) {
        Buffer buffer = createBuffer(SshConstants.SSH_MSG_USERAUTH_BANNER, 4 * text.length() + 32);
        buffer.putString(text);
        buffer.putString("");
        send(buffer);
    }

    /** Sends a disconnect message as it is. */
    void sendDisconnect(int reason, String text, Runnable written) {
        Buffer buffer = createBuffer(SshConstants.SSH_MSG_DISCONNECT, text.length() + 32);
        buffer.putUInt(reason);
        buffer.putString(text);
        buffer.putString("");
        send(buffer, written);
    }

    @Override
    public String toString() {
        return "connection";
    }
}

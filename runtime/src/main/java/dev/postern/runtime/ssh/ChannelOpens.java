// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.backend.Destination;
import dev.postern.api.backend.DuplexStream;
import dev.postern.api.backend.Origin;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.runtime.forward.ChannelSockets;
import dev.postern.runtime.forward.Dialer;
import dev.postern.runtime.forward.StreamChannel;
import dev.postern.runtime.session.PeerText;
import dev.postern.runtime.session.ProcessChannel;
import dev.postern.runtime.ssh.Channel.RemoteEnd;
import java.util.Map;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.Buffer;

/** Channels that the client asks for. */
final class ChannelOpens {
    private static final int HIGHEST_PORT = 65_535;

    private final ChannelMux mux;

    ChannelOpens(ChannelMux mux) {
        this.mux = mux;
    }

    /** From behind the message's number. */
    void open(Buffer buffer) throws SshException {
        String type = buffer.getString();
        var remote =
                new RemoteEnd(
                        buffer.getUInt(), buffer.getUInt(), ChannelMux.packet(buffer.getUInt()));
        if (!mux.hasRoom()) {
            mux.connection()
                    .scope()
                    .noteRefusal(
                            "channel.refused", RefusalCodes.LIMIT_CHANNELS, Map.of("type", type));
            mux.refuse(remote.channel(), RefusalCodes.LIMIT_CHANNELS);
            return;
        }
        switch (type) {
            case "session" -> session(remote);
            case "direct-tcpip" -> dial(type, tcp(buffer), origin(buffer), remote);
            case "direct-streamlocal@openssh.com" ->
                    dial(type, new Destination.Unix(buffer.getString()), new Origin("", 0), remote);
            default -> unknown(type, remote);
        }
    }

    private void session(RemoteEnd remote) throws SshException {
        if (mux.globals().noMoreSessions()) {
            throw ChannelMux.protocolError("A session after no-more-sessions");
        }
        var channel = new Channel(mux, mux.nextNumber(), "session", remote, mux.newWindow());
        channel.handledBy(
                new ProcessChannel(
                        mux.connection().scope(),
                        channel,
                        new ChannelSockets(
                                mux.connection().scope(), mux.clientChannels(), channel.id())));
        mux.confirm(channel, remote.channel());
    }

    private static Destination tcp(Buffer buffer) {
        return new Destination.Tcp(buffer.getString(), port(buffer));
    }

    private static Origin origin(Buffer buffer) {
        return new Origin(PeerText.clean(buffer.getString()), port(buffer));
    }

    private static int port(Buffer buffer) {
        return (int) Math.min(buffer.getUInt(), HIGHEST_PORT + 1);
    }

    private void dial(String type, Destination destination, Origin origin, RemoteEnd remote) {
        if (destination instanceof Destination.Tcp(_, int port)
                && (port < 1 || port > HIGHEST_PORT)) {
            mux.refuse(remote.channel(), RefusalCodes.POLICY_FORWARD);
            return;
        }
        mux.dialer()
                .dial(
                        destination,
                        origin,
                        new Dialer.Outcome() {
                            @Override
                            public void connected(DuplexStream stream) {
                                connect(type, stream, remote);
                            }

                            @Override
                            public void refused(RefusalCode code) {
                                mux.refuse(remote.channel(), code);
                            }
                        });
    }

    private void connect(String type, DuplexStream stream, RemoteEnd remote) {
        var channel = new Channel(mux, mux.nextNumber(), type, remote, mux.newWindow());
        var handler = new StreamChannel(channel, stream);
        channel.handledBy(handler);
        mux.confirm(channel, remote.channel());
        handler.start();
    }

    private void unknown(String type, RemoteEnd remote) {
        String text = "Unknown channel type '" + PeerText.clean(type) + "'";
        Buffer answer =
                mux.session()
                        .createBuffer(
                                SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE, text.length() + 64);
        answer.putUInt(remote.channel());
        answer.putUInt(SshConstants.SSH_OPEN_UNKNOWN_CHANNEL_TYPE);
        answer.putString(text);
        answer.putString("");
        mux.session().send(answer);
    }
}

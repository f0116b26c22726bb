// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.backend.Destination;
import dev.postern.runtime.forward.RemoteForwards;
import dev.postern.runtime.session.SerialTasks;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * Global requests (RFC 4254 section 4), answered in the order in which they came: at once where that is possible, behind a
 * slow one where it is not.
 */
final class GlobalRequests {
    private static final int HIGHEST_PORT = 65_535;

    private final ChannelMux mux;
    private final SerialTasks tasks;
    private final HostKeyProofs hostKeys;
    private final RemoteForwards forwards;
    private volatile boolean noMoreSessions;

    GlobalRequests(ChannelMux mux) {
        this.mux = mux;
        tasks = new SerialTasks("postern-global-" + mux.connection().info().id());
        hostKeys = new HostKeyProofs(mux);
        forwards =
                new RemoteForwards(
                        mux.connection().scope(),
                        mux.clientChannels(),
                        mux.connection().ssh().maxForwards());
    }

    boolean noMoreSessions() {
        return noMoreSessions;
    }

    /** From behind the message's number. */
    void request(Buffer buffer) throws SshException {
        String name = buffer.getString();
        boolean wantReply = buffer.getBoolean();
        switch (name) {
            case "no-more-sessions@openssh.com" -> {
                noMoreSessions = true;
                answer(wantReply, true);
            }
            case "hostkeys-prove-00@openssh.com" -> {
                int size = ChannelMux.REQUEST_OVERHEAD + buffer.available();
                Buffer body = copy(buffer);
                mux.expect(size);
                tasks.execute(() -> {
                    mux.handled(size);
                    hostKeys.prove(body, wantReply);
                });
            }
            case "tcpip-forward", "streamlocal-forward@openssh.com" -> {
                Destination bind = bind(name, buffer);
                tasks.execute(() -> listen(bind, wantReply));
            }
            case "cancel-tcpip-forward", "cancel-streamlocal-forward@openssh.com" -> {
                Destination bind = bind(name, buffer);
                tasks.execute(() -> reply(wantReply, forwards.cancel(bind)));
            }
            // As sshd: failure is an answer too, and all that keepalive@openssh.com wants
            default -> answer(wantReply, false);
        }
    }

    private Destination bind(String request, Buffer buffer) throws SshException {
        int size = ChannelMux.REQUEST_OVERHEAD + buffer.available();
        Destination bind =
                request.contains("streamlocal")
                        ? new Destination.Unix(buffer.getString())
                        : new Destination.Tcp(buffer.getString(), port(buffer.getUInt()));
        mux.expect(size);
        tasks.execute(() -> mux.handled(size));
        return bind;
    }

    private static int port(long asked) throws SshException {
        if (asked > HIGHEST_PORT) {
            throw ChannelMux.protocolError("There is no port " + asked);
        }
        return (int) asked;
    }

    private void listen(Destination bind, boolean wantReply) throws InterruptedException {
        Optional<Integer> port = forwards.listen(bind);
        boolean chosen = bind instanceof Destination.Tcp(_, int asked) && asked == 0;
        if (port.isPresent() && chosen && wantReply) {
            Buffer answer = mux.session().createBuffer(SshConstants.SSH_MSG_REQUEST_SUCCESS, 8);
            answer.putUInt(port.get());
            mux.session().send(answer);
        } else {
            reply(wantReply, port.isPresent());
        }
    }

    private void reply(boolean wantReply, boolean success) {
        if (wantReply) {
            send(success);
        }
    }

    private static Buffer copy(Buffer buffer) {
        return ByteArrayBuffer.getCompactClone(buffer.array(), buffer.rpos(), buffer.available());
    }

    private void answer(boolean wantReply, boolean success) throws SshException {
        if (!wantReply) {
            return;
        }
        if (tasks.isIdle()) {
            send(success);
        } else {
            mux.expect(ChannelMux.REQUEST_OVERHEAD);
            tasks.execute(() -> {
                mux.handled(ChannelMux.REQUEST_OVERHEAD);
                send(success);
            });
        }
    }

    private void send(boolean success) {
        byte command =
                success
                        ? SshConstants.SSH_MSG_REQUEST_SUCCESS
                        : SshConstants.SSH_MSG_REQUEST_FAILURE;
        mux.session().send(mux.session().createBuffer(command, 1));
    }

    /** Stops answering and listening; blocks only as long as listeners take to close. */
    void stop() {
        tasks.stop();
        forwards.close();
    }
}

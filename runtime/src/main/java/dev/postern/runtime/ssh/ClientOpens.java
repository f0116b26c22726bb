// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.backend.Origin;
import dev.postern.runtime.forward.ClientChannels;
import dev.postern.runtime.session.ChannelHandler;
import dev.postern.runtime.session.ChannelPort;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** Channels that we ask the client for (RFC 4254 sections 6.3.2 and 7.2, OpenSSH's PROTOCOL). */
final class ClientOpens implements ClientChannels {
    private final ChannelMux mux;

    ClientOpens(ChannelMux mux) {
        this.mux = mux;
    }

    @Override
    public void open(
            Kind kind, Function<ChannelPort, ChannelHandler> opened, Consumer<String> refused) {
        mux.open(
                type(kind),
                payload(kind),
                new ChannelMux.OpenResult() {
                    @Override
                    public void opened(Channel channel) {
                        channel.handledBy(opened.apply(channel));
                    }

                    @Override
                    public void refused(String message) {
                        refused.accept(message);
                    }
                });
    }

    private static String type(Kind kind) {
        return switch (kind) {
            case ForwardedTcp _ -> "forwarded-tcpip";
            case ForwardedSocket _ -> "forwarded-streamlocal@openssh.com";
            case Agent() -> "auth-agent@openssh.com";
            case X11 _ -> "x11";
        };
    }

    private static Buffer payload(Kind kind) {
        var buffer = new ByteArrayBuffer();
        switch (kind) {
            case ForwardedTcp(String host, int port, Origin origin) -> {
                buffer.putString(host);
                buffer.putUInt(port);
                put(buffer, origin);
            }
            case ForwardedSocket(String path) -> {
                buffer.putString(path);
                buffer.putString("");
            }
            case Agent() -> {}
            case X11(Origin origin) -> put(buffer, origin);
        }
        return buffer;
    }

    private static void put(Buffer buffer, Origin origin) {
        buffer.putString(origin.address().isEmpty() ? "127.0.0.1" : origin.address());
        buffer.putUInt(origin.port());
    }
}

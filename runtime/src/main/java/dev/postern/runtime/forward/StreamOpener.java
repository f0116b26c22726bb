// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.forward;

import dev.postern.api.backend.DuplexStream;
import dev.postern.runtime.forward.ClientChannels.Kind;
import dev.postern.runtime.session.ChannelHandler;
import dev.postern.runtime.session.ChannelPort;
import dev.postern.runtime.session.SessionScope;
import java.util.Map;

/** Brings a connection that came in inside the sandbox to the client. */
final class StreamOpener {
    /** Returns at once; whatever becomes of it, the stream is closed in the end. */
    static void open(ClientChannels channels, SessionScope scope, Kind kind, DuplexStream stream) {
        channels.open(
                kind,
                port -> connect(scope, kind, stream, port),
                reason -> {
                    scope.note(
                            "forward.failed",
                            Map.of("kind", kind.getClass().getSimpleName(), "message", reason));
                    stream.close();
                });
    }

    private static ChannelHandler connect(
            SessionScope scope, Kind kind, DuplexStream stream, ChannelPort port) {
        scope.note(
                "forward.opened",
                Map.of(
                        "direction", "remote",
                        "channel", port.id(),
                        "kind", kind.getClass().getSimpleName()));
        var channel = new StreamChannel(port, stream);
        channel.start();
        return channel;
    }

    private StreamOpener() {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.backend.Destination;
import dev.postern.api.backend.DialResult;
import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.Loss;
import dev.postern.api.backend.Origin;
import dev.postern.api.backend.SandboxListener;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.value.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

/** Connects and listens inside the sandbox. */
final class AgentSockets {
    private static final int PRIVATE_MODE = 0600;
    private static final int FIRST_DISPLAY_PORT = 6010;
    private static final int LAST_DISPLAY_PORT = 6999;
    private static final int MAX_PATH = 4096;

    private final AgentLink link;
    private final AgentOptions options;

    AgentSockets(AgentLink link, AgentOptions options) {
        this.link = link;
        this.options = options;
    }

    DialResult dial(Destination destination, Origin origin) throws InterruptedException {
        OpenRequest request =
                switch (destination) {
                    case Destination.Tcp(String host, int port) ->
                            new OpenRequest.Tcp(
                                    options.user(),
                                    host,
                                    port,
                                    cut(origin.address()),
                                    origin.port());
                    case Destination.Unix(String path) ->
                            new OpenRequest.Unix(options.user(), path);
                };
        if (tooLong(destination)) {
            return new DialResult.Unreachable("the destination's name is too long");
        }
        AtomicReference<AgentStream> stream = new AtomicReference<>();
        return switch (link.open(request, stream::set)) {
            case AgentStream.Answer.Opened opened ->
                    new DialResult.Connected(new AgentDuplex(stream.get()));
            case AgentStream.Answer.Lost(var loss) ->
                    new DialResult.Failed(loss.code(), loss.message());
            case AgentStream.Answer.Refused(var failure) -> refusedDial(failure);
        };
    }

    private static boolean tooLong(Destination destination) {
        return switch (destination) {
            case Destination.Tcp(String host, int port) ->
                    host.getBytes(StandardCharsets.UTF_8).length > 255;
            case Destination.Unix(String path) ->
                    path.getBytes(StandardCharsets.UTF_8).length > MAX_PATH;
        };
    }

    private static String cut(String address) {
        return address.length() > 60 ? address.substring(0, 60) : address;
    }

    private static DialResult refusedDial(OpenFailure failure) {
        return switch (failure.reason()) {
            case CONNECT_REFUSED, NOT_FOUND -> new DialResult.Refused(failure.message());
            case UNREACHABLE, TIMEOUT -> new DialResult.Unreachable(failure.message());
            case NOT_PERMITTED -> new DialResult.NotPermitted(failure.message());
            case RESOURCE -> new DialResult.Failed(AgentCodes.LIMIT, failure.message());
            default ->
                    new DialResult.Failed(RefusalCodes.FORWARD_CONNECT_FAILED, failure.message());
        };
    }

    ListenResult listen(ListenSpec spec) throws InterruptedException {
        return switch (spec.kind()) {
            case ListenSpec.Tcp(String host, int port) -> listenTcp(spec, host, port);
            case ListenSpec.Unix(String path) -> listenUnix(spec, path);
            case ListenSpec.PrivateSocket() -> listenUnix(spec, "");
            case ListenSpec.X11Display() -> listenDisplay(spec);
        };
    }

    private ListenResult listenDisplay(ListenSpec spec) throws InterruptedException {
        ListenResult result = listenTcp(spec, "localhost", FIRST_DISPLAY_PORT);
        for (int port = FIRST_DISPLAY_PORT + 1;
                result instanceof ListenResult.InUse && port <= LAST_DISPLAY_PORT;
                port++) {
            result = listenTcp(spec, "localhost", port);
        }
        return result;
    }

    private ListenResult listenTcp(ListenSpec spec, String host, int port)
            throws InterruptedException {
        return listen(
                spec,
                new OpenRequest.ListenTcp(options.user(), host, port),
                in -> {
                    int bound = in.number("port", 1, 65535);
                    if (port != 0 && bound != port) {
                        throw new ProtocolViolation(
                                "OPEN_OK: the port is " + bound + ", expected " + port);
                    }
                    return new Destination.Tcp(host, bound);
                });
    }

    private ListenResult listenUnix(ListenSpec spec, String path) throws InterruptedException {
        return listen(
                spec,
                new OpenRequest.ListenUnix(options.user(), path, PRIVATE_MODE, false),
                in -> {
                    String bound = in.text("path", MAX_PATH);
                    if (path.isEmpty() ? !isPlainPath(bound) : !bound.equals(path)) {
                        throw new ProtocolViolation(
                                "OPEN_OK: the path is '"
                                        + GuestText.shown(bound)
                                        + "', expected "
                                        + (path.isEmpty() ? "an absolute one" : "'" + path + "'"));
                    }
                    return new Destination.Unix(bound);
                });
    }

    /** A path that may go into an environment variable and a log as it is. */
    private static boolean isPlainPath(String path) {
        return path.startsWith("/")
                && path.length() < 200
                && path.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    /** Reads what a listener is bound to. */
    private interface BoundReader {
        Destination read(PayloadReader in);
    }

    private ListenResult listen(ListenSpec spec, OpenRequest request, BoundReader reader)
            throws InterruptedException {
        AtomicReference<AgentStream> listener = new AtomicReference<>();
        AgentStream.Answer answer =
                link.open(
                        request,
                        stream -> {
                            stream.onIncoming(spec.acceptor());
                            listener.set(stream);
                        });
        switch (answer) {
            case AgentStream.Answer.Opened(Bytes payload) -> {
                PayloadReader in =
                        new PayloadReader("OPEN_OK", payload.toArray(), 0, payload.length());
                try {
                    Destination bound = reader.read(in);
                    in.end();
                    return new ListenResult.Listening(new AgentListener(bound, listener.get()));
                } catch (ProtocolViolation e) {
                    Loss loss = link.violated(e);
                    return new ListenResult.Failed(loss.code(), loss.message());
                }
            }
            case AgentStream.Answer.Lost(var loss) -> {
                return new ListenResult.Failed(loss.code(), loss.message());
            }
            case AgentStream.Answer.Refused(var failure) -> {
                return refusedListen(failure);
            }
        }
    }

    private static ListenResult refusedListen(OpenFailure failure) {
        return switch (failure.reason()) {
            case ADDRESS_IN_USE -> new ListenResult.InUse(failure.message());
            case NOT_PERMITTED -> new ListenResult.NotPermitted(failure.message());
            case RESOURCE -> new ListenResult.Failed(AgentCodes.LIMIT, failure.message());
            default ->
                    new ListenResult.Failed(RefusalCodes.FORWARD_LISTEN_FAILED, failure.message());
        };
    }

    /** A listener inside the sandbox. */
    private record AgentListener(Destination bound, AgentStream stream) implements SandboxListener {
        @Override
        public void close() {
            stream.close(AgentStream.DETACH);
        }
    }
}

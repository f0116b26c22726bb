// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.value.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The other end of a connection, under the control of a test: it may say anything. */
final class FakeAgent implements AutoCloseable {
    static final int WINDOW = 64 * 1024;

    private final SocketChannel gatewaySide;
    private final SocketChannel ours;

    /** A frame that the gateway sent. */
    record Frame(FrameType type, int flags, int stream, Bytes payload) {
        PayloadReader fields() {
            return new PayloadReader(type.name(), payload.toArray(), 0, payload.length());
        }
    }

    FakeAgent() {
        try {
            Path directory = Files.createTempDirectory("agent");
            Path path = directory.resolve("s");
            try (ServerSocketChannel server =
                    ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(path));
                gatewaySide = SocketChannel.open(UnixDomainSocketAddress.of(path));
                ours = server.accept();
            } finally {
                Files.deleteIfExists(path);
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    AgentTransport transport() {
        return AgentTransport.of(gatewaySide);
    }

    /** Opens a connection with an agent that can do everything. */
    AgentConnection connect() throws InterruptedException {
        return connect(AgentOptions.DEFAULT);
    }

    AgentConnection connect(AgentOptions options) throws InterruptedException {
        sayHello(WINDOW, 1000);
        AgentConnection connection = AgentConnection.open(transport(), options);
        if (next().type() != FrameType.HELLO) {
            throw new AssertionError("the gateway's first frame is not HELLO");
        }
        return connection;
    }

    void sayHello(int window, long streams) {
        Hello hello =
                new Hello(
                        1,
                        1,
                        FrameHeader.MAX_FRAME,
                        window,
                        streams,
                        Bytes.of(new byte[16]),
                        List.of(
                                "exec",
                                "pty",
                                "signal",
                                "sftp",
                                "tcp",
                                "unix",
                                "listen-tcp",
                                "listen-unix",
                                "user",
                                "odd"),
                        "fake");
        send(FrameType.HELLO, 0, 0, hello.encode());
    }

    void send(FrameType type, int flags, int stream, byte[] payload) {
        raw(FrameHeader.frame(type, flags, stream, payload));
    }

    void send(FrameType type, int stream, PayloadWriter payload) {
        send(type, 0, stream, payload.bytes());
    }

    /** Answers OPEN of a process. */
    void opened(int stream) {
        send(FrameType.OPEN_OK, stream, new PayloadWriter().uint32(4711));
    }

    void exit(int stream, int status) {
        send(FrameType.EXIT, stream, new PayloadWriter().uint32(status));
    }

    /** Any bytes; a gateway that has gone is no failure of the test. */
    void raw(byte[] bytes) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        try {
            while (rest.hasRemaining()) {
                ours.write(rest);
            }
        } catch (IOException e) {
            return;
        }
    }

    /** The next frame of the gateway. */
    Frame next() {
        try {
            byte[] head = read(FrameHeader.SIZE);
            FrameHeader header = FrameHeader.parse(head, 0);
            return new Frame(
                    header.type().orElseThrow(),
                    header.flags(),
                    header.stream(),
                    Bytes.of(read(header.length())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next frame of a type; others before it are dropped. */
    Frame next(FrameType type) {
        Frame frame = next();
        while (frame.type() != type) {
            frame = next();
        }
        return frame;
    }

    private byte[] read(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (ours.read(bytes) < 0) {
                throw new EOFException("the gateway ended the connection");
            }
        }
        return bytes.array();
    }

    /** Reads and drops what the gateway sends until it ends the connection. */
    void drain() {
        InputStream in = AgentTransport.of(ours).in();
        try {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            return;
        }
    }

    @Override
    public void close() {
        hangUp();
    }

    /** Ends the connection. */
    void hangUp() {
        try {
            ours.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

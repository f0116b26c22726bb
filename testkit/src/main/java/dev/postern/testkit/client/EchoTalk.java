// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Talks to an echo server and checks what comes back. */
final class EchoTalk {
    private EchoTalk() {}

    /** A connection to a loopback port, that waits for an answer for a minute at most. */
    static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 30_000);
        return socket;
    }

    /** Whether something listens on a loopback port. */
    static boolean listens(int port) {
        try (Socket socket = connect(port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Sends random octets, ends, and expects them and the end back. */
    static void exchange(Socket socket, int size) throws Exception {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        Thread writer =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                OutputStream out = socket.getOutputStream();
                                out.write(data);
                                socket.shutdownOutput();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        byte[] back = new DataInputStream(socket.getInputStream()).readNBytes(size);
        assertSame(back, data);
        assertThat(socket.getInputStream().read()).as("end of file").isEqualTo(-1);
        writer.join();
    }

    /** Sends random octets and expects them back; the connection stays open both ways. */
    static void exchangeOpen(Socket socket, int size) throws Exception {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        Thread writer =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                socket.getOutputStream().write(data);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        assertSame(new DataInputStream(socket.getInputStream()).readNBytes(size), data);
        writer.join();
    }

    /** Without millions of octets in the message. */
    private static void assertSame(byte[] back, byte[] data) {
        assertThat(back.length).as("octets that came back").isEqualTo(data.length);
        assertThat(Arrays.mismatch(back, data)).as("first octet that differs").isEqualTo(-1);
    }

    /** One round trip. */
    static void ping(Socket socket) throws IOException {
        socket.getOutputStream().write("ping".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readNBytes(4)).asString().isEqualTo("ping");
    }

    /** Sends random octets to a Unix socket here, ends, and expects them back. */
    static void exchange(Path path, int size) throws IOException {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
            Channels.newOutputStream(channel).write(data);
            channel.shutdownOutput();
            assertSame(Channels.newInputStream(channel).readAllBytes(), data);
        }
    }
}

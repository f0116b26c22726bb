// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import com.github.dockerjava.core.LocalDirectorySSLConfig;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A connection to the engine for a stream. Its reads and writes block without holding the carrier of a virtual thread,
 * and its two halves end independently.
 *
 * @param in what the engine sends; closing it closes the connection
 * @param out what it gets; closing it is a half-close
 * @param connection ends both halves
 */
record EngineSocket(InputStream in, OutputStream out, Closeable connection) {
    /** Connects. */
    static EngineSocket open(EngineAddress address) throws IOException {
        return switch (address) {
            case EngineAddress.Unix unix ->
                    overChannel(SocketChannel.open(UnixDomainSocketAddress.of(unix.path())));
            case EngineAddress.Tcp tcp when tcp.certificates().isPresent() ->
                    overTls(tcp, tcp.certificates().get());
            case EngineAddress.Tcp tcp -> {
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress(tcp.host(), tcp.port()));
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                yield overChannel(channel);
            }
        };
    }

    private static EngineSocket overTls(EngineAddress.Tcp tcp, Path certificates)
            throws IOException {
        try {
            SSLContext context =
                    new LocalDirectorySSLConfig(certificates.toString()).getSSLContext();
            Socket socket = context.getSocketFactory().createSocket(tcp.host(), tcp.port());
            socket.setTcpNoDelay(true);
            SSLSocket tls = (SSLSocket) socket;
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            OutputStream raw = tls.getOutputStream();
            return new EngineSocket(
                    tls.getInputStream(), new HalfClosing(raw, tls::shutdownOutput), tls);
        } catch (IllegalArgumentException
                | com.github.dockerjava.api.exception.DockerClientException e) {
            throw new IOException("The certificates in '" + certificates + "' cannot be used", e);
        }
    }

    private static EngineSocket overChannel(SocketChannel channel) {
        return new EngineSocket(
                new ChannelInput(channel),
                new HalfClosing(
                        new ChannelOutput(channel),
                        () -> {
                            if (channel.isOpen()) {
                                channel.shutdownOutput();
                            }
                        }),
                channel);
    }

    private interface HalfClose {
        void run() throws IOException;
    }

    private static final class HalfClosing extends OutputStream {
        private final OutputStream out;
        private final HalfClose halfClose;

        HalfClosing(OutputStream out, HalfClose halfClose) {
            this.out = out;
            this.halfClose = halfClose;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            halfClose.run();
        }
    }

    private static final class ChannelInput extends InputStream {
        private final SocketChannel channel;

        ChannelInput(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return length == 0 ? 0 : channel.read(ByteBuffer.wrap(bytes, offset, length));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class ChannelOutput extends OutputStream {
        private final SocketChannel channel;

        ChannelOutput(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import dev.postern.api.backend.Capability;
import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.backend.Destination;
import dev.postern.api.backend.DialResult;
import dev.postern.api.backend.DuplexStream;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.Loss;
import dev.postern.api.backend.Origin;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxListener;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.backend.StartResult;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.sandbox.SandboxRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Runs shell commands of this host through pipes, and forwards to and from this host. */
final class ProcessBackend implements SessionBackend {
    final List<Running> processes = new CopyOnWriteArrayList<>();
    final List<Consumer<Loss>> lossListeners = new CopyOnWriteArrayList<>();
    final List<SandboxRef> connects = new CopyOnWriteArrayList<>();

    @Override
    public SandboxConnection connect(SandboxRef sandbox, ConnectionContext context) {
        connects.add(sandbox);
        return new Connection();
    }

    private final class Connection implements SandboxConnection {
        private final List<Running> mine = new CopyOnWriteArrayList<>();

        @Override
        public Set<Capability> capabilities() {
            return Set.of(
                    Capability.EXEC,
                    Capability.STDIN_EOF,
                    Capability.ENVIRONMENT,
                    Capability.DIAL_TCP,
                    Capability.LISTEN_TCP);
        }

        @Override
        public StartResult start(ProcessSpec spec) {
            List<String> command =
                    switch (spec.command()) {
                        case ProcessSpec.Shell() -> List.of("/bin/sh");
                        case ProcessSpec.Exec(var line) -> List.of("/bin/sh", "-c", line.text());
                        case ProcessSpec.Subsystem(String name) -> List.of(name);
                    };
            try {
                var builder = new ProcessBuilder(command);
                builder.environment().putAll(spec.environment());
                var running = new Running(builder.start());
                mine.add(running);
                processes.add(running);
                return new StartResult.Started(running);
            } catch (IOException e) {
                return new StartResult.NotFound("No such program");
            }
        }

        @Override
        public DialResult dial(Destination destination, Origin origin) {
            if (!(destination instanceof Destination.Tcp(String host, int port))) {
                return new DialResult.Unreachable("No sockets");
            }
            try {
                return new DialResult.Connected(new SocketStream(new Socket(host, port)));
            } catch (ConnectException e) {
                return new DialResult.Refused(String.valueOf(e.getMessage()));
            } catch (IOException e) {
                return new DialResult.Unreachable(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public ListenResult listen(ListenSpec spec) {
            if (!(spec.kind() instanceof ListenSpec.Tcp(String _, int port))) {
                return new ListenResult.Failed(RefusalCodes.BACKEND_CAPABILITY, "TCP only");
            }
            try {
                var server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
                Thread.ofPlatform().daemon().start(() -> accept(server, spec.acceptor()));
                return new ListenResult.Listening(new Listener(server));
            } catch (IOException e) {
                return new ListenResult.InUse(String.valueOf(e.getMessage()));
            }
        }

        private static void accept(ServerSocket server, Consumer<ListenSpec.Incoming> acceptor) {
            try {
                while (true) {
                    Socket socket = server.accept();
                    acceptor.accept(
                            new ListenSpec.Incoming(
                                    new SocketStream(socket),
                                    new Origin("127.0.0.1", socket.getPort())));
                }
            } catch (IOException e) {
                // Closed
                return;
            }
        }

        @Override
        public void onLost(Consumer<Loss> listener) {
            lossListeners.add(listener);
        }

        @Override
        public void close() {
            mine.stream()
                    .filter(it -> it.ends.isEmpty())
                    .forEach(it -> it.end(SandboxProcess.EndReason.HANGUP));
        }
    }

    private record Listener(ServerSocket server) implements SandboxListener {
        @Override
        public Destination bound() {
            return new Destination.Tcp("127.0.0.1", server.getLocalPort());
        }

        @Override
        public void close() {
            try {
                server.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    record SocketStream(Socket socket) implements DuplexStream {
        @Override
        public ByteSource source() {
            return () -> {
                try {
                    return socket.getInputStream();
                } catch (IOException e) {
                    return InputStream.nullInputStream();
                }
            };
        }

        @Override
        public ByteSink sink() {
            return () -> new HalfClosing(socket);
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final class HalfClosing extends OutputStream {
        private final Socket socket;

        HalfClosing(Socket socket) {
            this.socket = socket;
        }

        @Override
        public void write(int octet) throws IOException {
            socket.getOutputStream().write(octet);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            socket.getOutputStream().write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            socket.shutdownOutput();
        }
    }

    /** A process. */
    static final class Running implements SandboxProcess {
        final Process process;
        final List<EndReason> ends = new CopyOnWriteArrayList<>();
        private final CompletableFuture<ExitStatus> exit;

        Running(Process process) {
            this.process = process;
            exit = process.onExit().thenApply(it -> new ExitStatus.Exited(it.exitValue()));
        }

        @Override
        public ByteSink stdin() {
            return process::getOutputStream;
        }

        @Override
        public ByteSource stdout() {
            return process::getInputStream;
        }

        @Override
        public ByteSource stderr() {
            return process::getErrorStream;
        }

        @Override
        public CompletableFuture<ExitStatus> exit() {
            return exit;
        }

        @Override
        public void resize(PtySize size) {}

        @Override
        public boolean signal(String name) {
            return false;
        }

        @Override
        public void end(EndReason reason) {
            ends.add(reason);
            if (reason != EndReason.FINISHED) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }
}

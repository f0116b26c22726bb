// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The agent's own binary, built from its sources where Go is there. */
final class RealAgent {
    private static final Path DIRECTORY = Path.of("target", "agent");

    private RealAgent() {}

    /** Builds it; empty without Go. */
    static Optional<Path> binary() throws IOException, InterruptedException {
        Process build =
                new ProcessBuilder(
                                "../../guest-agent/build.sh",
                                "build",
                                DIRECTORY.toAbsolutePath().toString(),
                                "test")
                        .inheritIO()
                        .start();
        if (!build.waitFor(5, TimeUnit.MINUTES) || build.exitValue() != 0) {
            throw new IllegalStateException("the guest agent could not be built");
        }
        String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        Path binary = DIRECTORY.resolve("postern-agent-linux-" + arch).toAbsolutePath();
        return Optional.of(binary).filter(Files::isExecutable);
    }

    /** Starts it on its own standard input and output. */
    static Process overStdio(Path binary) throws IOException {
        return new ProcessBuilder(
                        List.of(binary.toString(), "--grace", "500ms", "--linger", "500ms"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static AgentTransport stdio(Process agent) {
        return AgentTransport.of(
                agent.getInputStream(),
                agent.getOutputStream(),
                true,
                () -> {
                    // Closing the input is what tells the agent; it leaves when what it hung up has
                    // ended. The output is
                    // at its end then.
                    agent.getOutputStream().close();
                });
    }

    /** Starts it on a Unix socket and waits until it listens. */
    static Process overSocket(Path binary, Path socket) throws IOException, InterruptedException {
        Process agent =
                new ProcessBuilder(
                                List.of(
                                        binary.toString(),
                                        "--grace",
                                        "500ms",
                                        "--linger",
                                        "500ms",
                                        "--unix",
                                        socket.toString()))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
                return agent;
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                Thread.onSpinWait();
                agent.waitFor(5, TimeUnit.MILLISECONDS);
            }
        }
    }
}

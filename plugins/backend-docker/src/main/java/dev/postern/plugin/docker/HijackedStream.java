// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.api.error.PosternException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The two-way byte stream of an exec: {@code POST /exec/{id}/start} upgraded to raw bytes. docker-java never half-closes
 * its own, so that a process which reads to the end of its stdin would never end.
 */
final class HijackedStream implements Closeable {
    private static final int HEAD_MOST = 16 * 1024;

    private final EngineSocket socket;

    private HijackedStream(EngineSocket socket) {
        this.socket = socket;
    }

    /** Starts an exec and takes over its stream. */
    static HijackedStream start(EngineAddress address, String exec, boolean tty) {
        try {
            EngineSocket socket = EngineSocket.open(address);
            try {
                upgrade(socket, address, exec, tty);
                return new HijackedStream(socket);
            } catch (IOException | RuntimeException e) {
                socket.connection().close();
                throw e;
            }
        } catch (IOException e) {
            throw new PosternException(
                    DockerCodes.ENGINE_UNREACHABLE,
                    "Docker Engine at " + address + " does not answer",
                    e);
        }
    }

    InputStream in() {
        return socket.in();
    }

    /** Closing it is end of file for the process; the other half goes on. */
    OutputStream out() {
        return socket.out();
    }

    @Override
    public void close() throws IOException {
        socket.connection().close();
    }

    private static void upgrade(
            EngineSocket socket, EngineAddress address, String exec, boolean tty)
            throws IOException {
        String body = "{\"Detach\":false,\"Tty\":" + tty + "}";
        String request =
                "POST /exec/"
                        + exec
                        + "/start HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n"
                        + "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body;
        socket.out().write(request.getBytes(StandardCharsets.US_ASCII));
        socket.out().flush();
        String status = readHead(socket.in()).lines().findFirst().orElse("");
        // Engines before 1.22 of the API and Podman answer 200 and then the same bytes.
        if (!status.contains(" 101 ") && !status.contains(" 200 ")) {
            throw new PosternException(
                    DockerCodes.ENGINE_REFUSED,
                    "Docker Engine at " + address + " did not start the exec: " + status);
        }
    }

    /** Reads byte by byte, so that nothing of what follows the head is lost. */
    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int newlines = 0;
        while (newlines < 2) {
            int b = in.read();
            if (b < 0 || head.size() >= HEAD_MOST) {
                throw new IOException("The engine's answer is not complete");
            }
            head.write(b);
            newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
        }
        return head.toString(StandardCharsets.US_ASCII);
    }
}

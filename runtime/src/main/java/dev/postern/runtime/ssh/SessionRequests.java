// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.PtySpec;
import dev.postern.api.value.Bytes;
import dev.postern.runtime.session.SessionRequest;
import java.util.HashMap;
import java.util.Map;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** Reads channel requests (RFC 4254 section 6, RFC 4335, OpenSSH's PROTOCOL). */
final class SessionRequests {
    /** Opcodes from here on end the list (RFC 4254 section 8). */
    private static final int FIRST_UNDEFINED_MODE = 160;

    private static final int LARGEST_SIZE = 0xffff;

    /** A request and whether the client waits for an answer. */
    record Parsed(SessionRequest request, boolean wantReply) {}

    /** From behind the recipient's number to the end of the packet. */
    static Parsed parse(Buffer buffer) {
        String type = buffer.getString();
        boolean wantReply = buffer.getBoolean();
        return new Parsed(body(type, buffer), wantReply);
    }

    private static SessionRequest body(String type, Buffer buffer) {
        return switch (type) {
            case "pty-req" -> pty(buffer);
            case "env" -> new SessionRequest.Environment(buffer.getString(), buffer.getString());
            case "shell" -> new SessionRequest.Shell();
            case "exec" -> new SessionRequest.Exec(Bytes.of(buffer.getBytes()));
            case "subsystem" -> new SessionRequest.Subsystem(buffer.getString());
            case "window-change" -> new SessionRequest.WindowChange(size(buffer));
            case "signal" -> new SessionRequest.Signal(buffer.getString());
            case "break" -> new SessionRequest.Break(buffer.getUInt());
            case "eow@openssh.com" -> new SessionRequest.EndOfWrite();
            case "auth-agent-req@openssh.com", "auth-agent-req" ->
                    new SessionRequest.AgentForwarding();
            case "x11-req" ->
                    new SessionRequest.X11(
                            buffer.getBoolean(),
                            buffer.getString(),
                            buffer.getString(),
                            buffer.getUInt());
            default -> new SessionRequest.Unknown(type);
        };
    }

    private static SessionRequest pty(Buffer buffer) {
        String term = buffer.getString();
        PtySize size = size(buffer);
        return new SessionRequest.Pty(new PtySpec(term, size, modes(buffer.getBytes())));
    }

    private static PtySize size(Buffer buffer) {
        return new PtySize(number(buffer), number(buffer), number(buffer), number(buffer));
    }

    /** The kernel's structure has 16 bits for each. */
    private static int number(Buffer buffer) {
        return (int) Math.min(buffer.getUInt(), LARGEST_SIZE);
    }

    private static Map<Integer, Long> modes(byte[] encoded) {
        Map<Integer, Long> modes = new HashMap<>();
        var buffer = new ByteArrayBuffer(encoded);
        while (buffer.available() > Integer.BYTES) {
            int opcode = buffer.getUByte();
            if (opcode == 0 || opcode >= FIRST_UNDEFINED_MODE) {
                break;
            }
            modes.put(opcode, buffer.getUInt());
        }
        return modes;
    }

    private SessionRequests() {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.PtySpec;
import dev.postern.api.value.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The payload of OPEN. */
sealed interface OpenRequest {
    /** Who it is done as; empty for the agent's own user. */
    String user();

    byte[] encode();

    /** What a stream of this request carries. */
    StreamKind kind();

    /** Forms of a command. */
    enum Form {
        SHELL(0),
        COMMAND(1),
        ARGUMENTS(2);

        private final int code;

        Form(int code) {
            this.code = code;
        }
    }

    /** A process. */
    record Exec(
            String user,
            Form form,
            List<Bytes> arguments,
            Map<String, String> environment,
            String directory,
            Optional<PtySpec> pty)
            implements OpenRequest {
        @Override
        public byte[] encode() {
            PayloadWriter out =
                    new PayloadWriter()
                            .text("exec")
                            .text(user)
                            .uint32(form.code)
                            .uint32(arguments.size());
            arguments.forEach(argument -> out.octets(argument.toArray()));
            variables(out, environment).text(directory).bool(pty.isPresent());
            pty.ifPresent(spec -> {
                out.text(spec.term());
                size(out, spec.size()).octets(modes(spec.modes()));
            });
            return out.bytes();
        }

        @Override
        public StreamKind kind() {
            return pty.isPresent() ? StreamKind.TERMINAL : StreamKind.PROCESS;
        }
    }

    /** SFTP version 3. */
    record Sftp(String user, Map<String, String> environment, String directory)
            implements OpenRequest {
        @Override
        public byte[] encode() {
            return variables(new PayloadWriter().text("sftp").text(user), environment)
                    .text(directory)
                    .bytes();
        }

        @Override
        public StreamKind kind() {
            return StreamKind.PROCESS;
        }
    }

    /** A connection to a TCP port. */
    record Tcp(String user, String host, int port, String originHost, int originPort)
            implements OpenRequest {
        @Override
        public byte[] encode() {
            return new PayloadWriter()
                    .text("tcp")
                    .text(user)
                    .text(host)
                    .uint32(port)
                    .text(originHost)
                    .uint32(originPort)
                    .bytes();
        }

        @Override
        public StreamKind kind() {
            return StreamKind.SOCKET;
        }
    }

    /** A connection to a Unix socket. */
    record Unix(String user, String path) implements OpenRequest {
        @Override
        public byte[] encode() {
            return new PayloadWriter().text("unix").text(user).text(path).bytes();
        }

        @Override
        public StreamKind kind() {
            return StreamKind.SOCKET;
        }
    }

    /** A TCP listener. */
    record ListenTcp(String user, String host, int port) implements OpenRequest {
        @Override
        public byte[] encode() {
            return new PayloadWriter()
                    .text("listen-tcp")
                    .text(user)
                    .text(host)
                    .uint32(port)
                    .bytes();
        }

        @Override
        public StreamKind kind() {
            return StreamKind.LISTENER;
        }
    }

    /** A listener at a path; an empty path lets the agent choose a private one. */
    record ListenUnix(String user, String path, int mode, boolean unlink) implements OpenRequest {
        @Override
        public byte[] encode() {
            return new PayloadWriter()
                    .text("listen-unix")
                    .text(user)
                    .text(path)
                    .uint32(mode)
                    .bool(unlink)
                    .bytes();
        }

        @Override
        public StreamKind kind() {
            return StreamKind.LISTENER;
        }
    }

    private static PayloadWriter variables(PayloadWriter out, Map<String, String> environment) {
        out.uint32(environment.size());
        // Sorted, so that equal requests are equal bytes.
        new TreeMap<>(environment).forEach((name, value) -> out.text(name).text(value));
        return out;
    }

    /** The four fields of a terminal's size. */
    static PayloadWriter size(PayloadWriter out, PtySize size) {
        return out.uint32(size.columns())
                .uint32(size.rows())
                .uint32(size.widthPixels())
                .uint32(size.heightPixels());
    }

    /** RFC 4254 section 8. */
    private static byte[] modes(Map<Integer, Long> modes) {
        byte[] encoded = new byte[5 * modes.size() + 1];
        int at = 0;
        for (Map.Entry<Integer, Long> mode : new TreeMap<>(modes).entrySet()) {
            long value = mode.getValue();
            encoded[at++] = mode.getKey().byteValue();
            encoded[at++] = (byte) (value >>> 24);
            encoded[at++] = (byte) (value >>> 16);
            encoded[at++] = (byte) (value >>> 8);
            encoded[at++] = (byte) value;
        }
        return encoded;
    }
}

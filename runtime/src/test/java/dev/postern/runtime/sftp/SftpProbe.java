// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.SandboxProcess;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A hand-made SFTP client for tests: says exactly what it is told. */
final class SftpProbe {
    private final OutputStream out;
    private final DataInputStream in;
    private int id;

    SftpProbe(SandboxProcess server) {
        out = server.stdin().stream();
        in = new DataInputStream(server.stdout().stream());
    }

    /** A packet: its type, then numbers (Integer, Long) and strings (String, byte[]). */
    static byte[] packet(int type, Object... fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream data = new DataOutputStream(bytes)) {
            data.writeByte(type);
            for (Object field : fields) {
                switch (field) {
                    case Integer number -> data.writeInt(number);
                    case Long number -> data.writeLong(number);
                    case String text -> {
                        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
                        data.writeInt(octets.length);
                        data.write(octets);
                    }
                    case byte[] octets -> {
                        data.writeInt(octets.length);
                        data.write(octets);
                    }
                    default -> throw new IllegalArgumentException(field.toString());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] body = bytes.toByteArray();
        ByteArrayOutputStream framed = new ByteArrayOutputStream();
        for (int shift = 24; shift >= 0; shift -= 8) {
            framed.write(body.length >>> shift);
        }
        framed.writeBytes(body);
        return framed.toByteArray();
    }

    void send(byte[] octets) throws IOException {
        out.write(octets);
    }

    void finish() throws IOException {
        out.close();
    }

    /** Sends a request with a fresh id. */
    int request(int type, Object... fields) throws IOException {
        Object[] all = new Object[fields.length + 1];
        all[0] = ++id;
        System.arraycopy(fields, 0, all, 1, fields.length);
        send(packet(type, all));
        return id;
    }

    Reply call(int type, Object... fields) throws IOException {
        int expected = request(type, fields);
        Reply reply = next();
        if (reply.id() != expected) {
            throw new IOException("Reply to " + reply.id() + ", expected " + expected);
        }
        return reply;
    }

    Reply next() throws IOException {
        byte[] body = new byte[in.readInt()];
        in.readFully(body);
        return new Reply(body);
    }

    boolean atEnd() throws IOException {
        return in.read() < 0;
    }

    /** Begins a session. */
    Reply hello() throws IOException {
        send(packet(Sftp.INIT, 3));
        return next();
    }

    /** One reply. */
    static final class Reply {
        final PacketReader fields;
        private final int type;
        private final int id;

        Reply(byte[] body) {
            fields = new PacketReader(body);
            type = fields.octet();
            id = type == Sftp.VERSION_REPLY ? -1 : fields.number();
        }

        int type() {
            return type;
        }

        int id() {
            return id;
        }

        byte[] string() {
            int length = fields.stringLength();
            byte[] octets =
                    java.util.Arrays.copyOfRange(fields.bytes(), fields.at(), fields.at() + length);
            fields.skip(length);
            return octets;
        }

        /** The code of a STATUS; fails on any other reply. */
        int status() {
            if (type != Sftp.STATUS) {
                throw new IllegalStateException("Reply of type " + type + ", expected a status");
            }
            return fields.number();
        }
    }

    /** A channel that takes at most some octets until it is opened further. */
    static final class SlowSink implements ByteSink {
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private int room;
        private Runnable waiting = () -> {};
        private boolean finished;

        @Override
        public synchronized int offer(byte[] bytes, int offset, int length) {
            int count = Math.min(room, length);
            taken.write(bytes, offset, count);
            room -= count;
            return count;
        }

        @Override
        public void whenWritable(Runnable once) {
            synchronized (this) {
                if (room == 0) {
                    waiting = once;
                    return;
                }
            }
            once.run();
        }

        void open(int octets) {
            Runnable action;
            synchronized (this) {
                room += octets;
                action = waiting;
                waiting = () -> {};
            }
            action.run();
        }

        synchronized int size() {
            return taken.size();
        }

        @Override
        public synchronized void finish() {
            finished = true;
        }

        synchronized boolean finished() {
            return finished;
        }

        @Override
        public OutputStream stream() {
            throw new UnsupportedOperationException("Only the non-blocking side");
        }
    }
}

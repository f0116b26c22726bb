// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.FileException;
import dev.postern.api.backend.FileNames;
import java.io.ByteArrayOutputStream;

/** Lines, answers and data of the scp protocol. One thread, which waits. */
final class ScpWire {
    private static final int MAX_LINE = Sftp.MAX_PATH + 64;

    private final InboundPipe in;
    private final Outbound out;
    private final byte[] buffer = new byte[32 << 10];
    private int at;
    private int end;
    private int errors;

    ScpWire(InboundPipe in, Outbound out) {
        this.in = in;
        this.out = out;
    }

    int errors() {
        return errors;
    }

    void countError() {
        errors++;
    }

    /** Sends a line of the protocol, or what has no line: one zero octet. */
    void send(String text) throws InterruptedException {
        byte[] octets = FileNames.encode(text);
        send(octets, octets.length);
    }

    /** Sends octets; the array belongs to the wire. */
    void send(byte[] octets, int length) throws InterruptedException {
        out.awaitDrained();
        out.send(octets, length);
    }

    void ok() throws InterruptedException {
        send("\0");
    }

    /** Tells the other side that something failed; the transfer goes on. */
    void error(String path, String reason) throws InterruptedException {
        errors++;
        send("\u0001scp: " + path.replace('\n', '?') + ": " + reason.replace('\n', ' ') + "\n");
    }

    void error(String path, FileException failure) throws InterruptedException {
        error(path, String.valueOf(failure.getMessage()));
    }

    /**
     * Waits for the other side's answer.
     *
     * @return false if it could not do what it was told to
     */
    boolean answered() throws InterruptedException {
        int answer = octet();
        if (answer == 0) {
            return true;
        }
        if (answer == 1) {
            rest(new ByteArrayOutputStream());
            errors++;
            return false;
        }
        throw new BadMessageException(
                answer < 0 ? "The other side has gone" : "The other side gave up");
    }

    /** The next octet, -1 at end of file. */
    int octet() throws InterruptedException {
        if (at == end && !fill()) {
            return -1;
        }
        return buffer[at++] & 0xff;
    }

    /** The rest of a line. */
    String rest(ByteArrayOutputStream line) throws InterruptedException {
        while (true) {
            int octet = octet();
            if (octet < 0 || line.size() > MAX_LINE) {
                throw new BadMessageException("A line has no end");
            }
            if (octet == '\n') {
                byte[] octets = line.toByteArray();
                return FileNames.decode(octets, 0, octets.length);
            }
            line.write(octet);
        }
    }

    /** Takes at most so many octets of data. */
    interface Taker {
        void take(byte[] bytes, int offset, int length) throws InterruptedException;
    }

    /** Hands over a number of octets in pieces. */
    void data(long length, Taker taker) throws InterruptedException {
        for (long left = length; left > 0; ) {
            if (at == end && !fill()) {
                throw new BadMessageException("The other side has gone");
            }
            int count = (int) Math.min(left, end - at);
            taker.take(buffer, at, count);
            at += count;
            left -= count;
        }
    }

    private boolean fill() throws InterruptedException {
        at = 0;
        end = Math.max(0, in.read(buffer, 0, buffer.length));
        return end > 0;
    }
}

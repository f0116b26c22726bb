// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.FileException;
import dev.postern.api.backend.FileNames;
import java.nio.charset.StandardCharsets;

/** Reads the fields of one packet where they lie. Every length is checked; a field that is not there is a bad message. */
final class PacketReader {
    private final byte[] packet;
    private int at;

    PacketReader(byte[] packet) {
        this.packet = packet;
    }

    byte[] bytes() {
        return packet;
    }

    int at() {
        return at;
    }

    int remaining() {
        return packet.length - at;
    }

    int octet() {
        need(1);
        return packet[at++] & 0xff;
    }

    int number() {
        need(4);
        int value =
                (packet[at] & 0xff) << 24
                        | (packet[at + 1] & 0xff) << 16
                        | (packet[at + 2] & 0xff) << 8
                        | (packet[at + 3] & 0xff);
        at += 4;
        return value;
    }

    long unsigned() {
        return number() & 0xffff_ffffL;
    }

    long longNumber() {
        return unsigned() << 32 | unsigned();
    }

    /** Reads a string's length; its octets begin at {@link #at}. Call {@link #skip} after use. */
    int stringLength() {
        int length = number();
        need(length);
        return length;
    }

    void skip(int length) {
        need(length);
        at += length;
    }

    /** A name that is part of the protocol. */
    String name() {
        int length = stringLength();
        String name = new String(packet, at, length, StandardCharsets.ISO_8859_1);
        at += length;
        return name;
    }

    /** A path; the empty one is the current directory, as in OpenSSH's realpath. */
    String path() {
        int length = stringLength();
        if (length > Sftp.MAX_PATH) {
            throw new FileException(FileException.Status.FAILURE, "File name too long");
        }
        String path = FileNames.decode(packet, at, length);
        at += length;
        if (path.indexOf('\0') >= 0) {
            throw new FileException(FileException.Status.NO_SUCH_FILE, "No file name has a NUL");
        }
        return path.isEmpty() ? "." : path;
    }

    private void need(int length) {
        if (length < 0 || length > packet.length - at) {
            throw new BadMessageException(
                    "A packet of " + packet.length + " octets ends inside a field");
        }
    }
}

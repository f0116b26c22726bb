// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the fields of a payload that nobody vouches for; a field that is not as it must be is a violation. */
final class PayloadReader {
    private final String frame;
    private final byte[] bytes;
    private final int end;
    private int at;

    PayloadReader(String frame, byte[] bytes, int offset, int length) {
        this.frame = frame;
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    /** An unsigned number. */
    long uint32(String field) {
        need(field, 4);
        long value =
                (bytes[at] & 0xffL) << 24
                        | (bytes[at + 1] & 0xff) << 16
                        | (bytes[at + 2] & 0xff) << 8
                        | (bytes[at + 3] & 0xff);
        at += 4;
        return value;
    }

    /** A number from {@code minimum} to {@code maximum}. */
    int number(String field, int minimum, int maximum) {
        long value = uint32(field);
        if (value < minimum || value > maximum) {
            throw new ProtocolViolation(
                    frame
                            + ": "
                            + field
                            + " is "
                            + value
                            + ", expected "
                            + minimum
                            + " to "
                            + maximum);
        }
        return (int) value;
    }

    /** Octets, at most {@code limit}. */
    byte[] octets(String field, int limit) {
        long length = uint32(field);
        if (length > limit) {
            throw new ProtocolViolation(
                    frame
                            + ": "
                            + field
                            + " of "
                            + length
                            + " bytes, at most "
                            + limit
                            + " are allowed");
        }
        need(field, (int) length);
        byte[] octets = Arrays.copyOfRange(bytes, at, at + (int) length);
        at += (int) length;
        return octets;
    }

    /** Text; octets that are not UTF-8 become U+FFFD. */
    String text(String field, int limit) {
        return new String(octets(field, limit), StandardCharsets.UTF_8);
    }

    /** One octet, 0 or 1. */
    boolean bool(String field) {
        need(field, 1);
        int value = bytes[at++];
        if (value != 0 && value != 1) {
            throw new ProtocolViolation(
                    frame + ": " + field + " is " + (value & 0xff) + ", expected 0 or 1");
        }
        return value == 1;
    }

    /** A counted list of texts. */
    List<String> texts(String field, int limit, int each) {
        int count = number(field, 0, limit);
        need(field, 4 * count);
        List<String> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(text(field, each));
        }
        return list;
    }

    /** Checks that nothing is left. */
    void end() {
        if (at != end) {
            throw new ProtocolViolation(frame + " has " + (end - at) + " bytes too many");
        }
    }

    private void need(String field, int count) {
        if (end - at < count) {
            throw new ProtocolViolation(frame + ": " + field + " is cut off");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import dev.postern.api.value.Bytes;
import java.util.List;

/** What each side says first. */
record Hello(
        long minimumVersion,
        long maximumVersion,
        int maximumFrame,
        int window,
        long maximumStreams,
        Bytes nonce,
        List<String> capabilities,
        String software) {
    static final String MAGIC = "PVA1";
    static final int VERSION = 1;

    Hello {
        capabilities = List.copyOf(capabilities);
    }

    byte[] encode() {
        return new PayloadWriter()
                .text(MAGIC)
                .uint32(minimumVersion)
                .uint32(maximumVersion)
                .uint32(maximumFrame)
                .uint32(window)
                .uint32(maximumStreams)
                .octets(nonce.toArray())
                .texts(capabilities)
                .text(software)
                .bytes();
    }

    /** Reads a HELLO; what a later version appends is skipped. */
    static Hello decode(PayloadReader in) {
        String magic = in.text("magic", 16);
        if (!magic.equals(MAGIC)) {
            throw new ProtocolViolation(
                    "HELLO: magic is '" + GuestText.shown(magic) + "', expected '" + MAGIC + "'");
        }
        long minimum = in.uint32("minimum version");
        long maximum = in.uint32("maximum version");
        if (minimum == 0 || minimum > maximum) {
            throw new ProtocolViolation(
                    "HELLO: versions " + minimum + " to " + maximum + " are no range");
        }
        int frame = in.number("maximum frame", FrameHeader.MAX_DATA, FrameHeader.MAX_FRAME);
        int window = in.number("window", 1, Integer.MAX_VALUE);
        long streams = in.uint32("maximum streams");
        byte[] nonce = in.octets("nonce", 64);
        if (nonce.length < 16) {
            throw new ProtocolViolation(
                    "HELLO: nonce of " + nonce.length + " bytes, expected 16 to 64");
        }
        List<String> capabilities = in.texts("capabilities", 64, 64);
        return new Hello(
                minimum,
                maximum,
                frame,
                window,
                streams,
                Bytes.of(nonce),
                capabilities,
                in.text("software", 256));
    }
}

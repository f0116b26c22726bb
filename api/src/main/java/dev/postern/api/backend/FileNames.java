// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * File names between octets and text, without loss.
 *
 * <p>A POSIX file name is a string of octets; {@link SandboxFiles} speaks text. Text is the UTF-8 reading of the octets,
 * and an octet that is not part of UTF-8 becomes the lone surrogate U+DC00 + octet (U+DC80 to U+DCFF), as Python's
 * {@code surrogateescape} does. Stateless, any thread.
 */
public final class FileNames {
    private static final char ESCAPE = '\uDC00';

    private FileNames() {}

    /** The text of a name's octets. */
    public static String decode(byte[] octets, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end && octets[at] >= 0) {
            at++;
        }
        if (at == end) {
            return new String(octets, offset, length, StandardCharsets.ISO_8859_1);
        }
        CharsetDecoder decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(octets, offset, length);
        // Never more characters than octets: four octets make two characters, a stray one makes
        // one.
        CharBuffer out = CharBuffer.allocate(length);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isError()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (ESCAPE | (in.get() & 0xff)));
            }
            decoder.reset();
        }
    }

    /** The octets of a name's text. */
    public static byte[] encode(String name) {
        if (name.chars().noneMatch(FileNames::isEscape)) {
            return name.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(name.length() + 16);
        int plain = 0;
        for (int i = 0; i < name.length(); i++) {
            if (isEscape(name.charAt(i))
                    && (i == 0 || !Character.isHighSurrogate(name.charAt(i - 1)))) {
                out.writeBytes(name.substring(plain, i).getBytes(StandardCharsets.UTF_8));
                out.write(name.charAt(i) & 0xff);
                plain = i + 1;
            }
        }
        out.writeBytes(name.substring(plain).getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    private static boolean isEscape(int character) {
        return character >= 0xdc80 && character <= 0xdcff;
    }
}

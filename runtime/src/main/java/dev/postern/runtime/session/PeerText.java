// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

/** Makes strings of a peer or a sandbox fit for logs and operators' terminals. */
public final class PeerText {
    private static final int MOST = 256;

    /** At most 256 characters, with control, format (bidi) and unassigned characters escaped. */
    public static String clean(String text) {
        boolean plain = text.length() <= MOST;
        for (int i = 0; plain && i < text.length(); i++) {
            char c = text.charAt(i);
            plain = c >= 0x20 && c < 0x7f && c != '\\';
        }
        return plain ? text : escape(text);
    }

    private static String escape(String text) {
        StringBuilder result = new StringBuilder();
        int i = 0;
        while (i < text.length() && result.length() < MOST) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            if (isShown(point)) {
                result.appendCodePoint(point);
            } else {
                result.append(String.format("\\u{%x}", point));
            }
        }
        return i < text.length() ? result + "..." : result.toString();
    }

    private static boolean isShown(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> point != '\\';
        };
    }

    private PeerText() {}
}

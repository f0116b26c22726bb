// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

/** Makes a text that a sandbox wrote fit to be seen: cut, and without control and bidi characters. */
final class GuestText {
    private static final int LIMIT = 256;

    private GuestText() {}

    static String shown(String text) {
        StringBuilder shown = new StringBuilder(Math.min(text.length(), LIMIT) + 8);
        int at = 0;
        while (at < text.length() && shown.length() < LIMIT) {
            int character = text.codePointAt(at);
            at += Character.charCount(character);
            if (harmless(character)) {
                shown.appendCodePoint(character);
            } else {
                shown.append(String.format("\\u{%x}", character));
            }
        }
        return at < text.length() ? shown.append("...").toString() : shown.toString();
    }

    private static boolean harmless(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}

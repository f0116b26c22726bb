// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.SandboxFiles.Entry;
import dev.postern.api.backend.SandboxFiles.FileAttributes;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneId;

/** The line of {@code ls -l} that SFTP version 3 sends with each name, in OpenSSH's columns. */
final class LongName {
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final long HALF_A_YEAR_SECONDS = 365L * 24 * 60 * 60 / 2;

    private final ZoneId zone;
    private final long now;

    LongName(Clock clock) {
        zone = clock.getZone();
        now = clock.millis() / 1000;
    }

    String of(Entry entry) {
        FileAttributes attributes = entry.attributes();
        StringBuilder line = new StringBuilder(64 + entry.name().length());
        mode(line, attributes.mode().orElse(0));
        left(line.append(' '), attributes.links().map(String::valueOf).orElse("?"), 3);
        right(
                line.append(' '),
                attributes
                        .ownerName()
                        .or(() ->
                                attributes
                                        .owner()
                                        .map(owner -> Integer.toUnsignedString(owner.uid())))
                        .orElse("?"),
                8);
        right(
                line.append(' '),
                attributes
                        .groupName()
                        .or(() ->
                                attributes
                                        .owner()
                                        .map(owner -> Integer.toUnsignedString(owner.gid())))
                        .orElse("?"),
                8);
        left(line.append(' '), Long.toUnsignedString(attributes.size().orElse(0L)), 8);
        line.append(' ');
        attributes
                .times()
                .ifPresentOrElse(
                        times -> time(line, times.modification()),
                        () -> line.append("           ?"));
        return line.append(' ').append(entry.name()).toString();
    }

    private void time(StringBuilder line, long seconds) {
        LocalDateTime time =
                LocalDateTime.ofEpochSecond(
                        seconds,
                        0,
                        zone.getRules().getOffset(java.time.Instant.ofEpochSecond(seconds)));
        int month = 3 * (time.getMonthValue() - 1);
        line.append(MONTHS, month, month + 3);
        left(line.append(' '), String.valueOf(time.getDayOfMonth()), 2);
        line.append(' ');
        if (seconds > now || now - seconds >= HALF_A_YEAR_SECONDS) {
            left(line, String.valueOf(time.getYear()), 5);
        } else {
            twoDigits(line, time.getHour());
            twoDigits(line.append(':'), time.getMinute());
        }
    }

    private static void twoDigits(StringBuilder line, int number) {
        line.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }

    private static void left(StringBuilder line, String text, int width) {
        line.repeat(' ', Math.max(0, width - text.length())).append(text);
    }

    private static void right(StringBuilder line, String text, int width) {
        line.append(text).repeat(' ', Math.max(0, width - text.length()));
    }

    private static void mode(StringBuilder line, int mode) {
        line.append(
                switch (mode & 0170000) {
                    case 0040000 -> 'd';
                    case 0120000 -> 'l';
                    case 0020000 -> 'c';
                    case 0060000 -> 'b';
                    case 0010000 -> 'p';
                    case 0140000 -> 's';
                    case 0100000 -> '-';
                    default -> '?';
                });
        bits(line, mode >> 6, (mode & 04000) != 0, 's');
        bits(line, mode >> 3, (mode & 02000) != 0, 's');
        bits(line, mode, (mode & 01000) != 0, 't');
    }

    private static void bits(StringBuilder line, int bits, boolean special, char letter) {
        boolean execute = (bits & 1) != 0;
        line.append((bits & 4) != 0 ? 'r' : '-')
                .append((bits & 2) != 0 ? 'w' : '-')
                .append(
                        special
                                ? execute ? letter : Character.toUpperCase(letter)
                                : execute ? 'x' : '-');
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.FileException;
import dev.postern.api.backend.SandboxFiles;
import dev.postern.api.backend.SandboxFiles.Entry;
import dev.postern.api.backend.SandboxFiles.Listing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A word of a shell command after the removal of its quotes.
 *
 * @param text the word
 * @param pattern the word with what was quoted behind backslashes, so that {@code *}, {@code ?} and {@code [} in it are
 *     a pattern
 */
public record ShellWord(String text, String pattern) {
    private static final String NEEDS_A_SHELL = "$`;|&<>()\n#!{}";
    private static final String PATTERN = "*?[";

    /** Splits a line as a POSIX shell would; empty if it has anything but words. */
    static Optional<List<ShellWord>> split(String line) {
        List<ShellWord> words = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        StringBuilder pattern = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            boolean quoted = quote != 0;
            if (quoted && c == quote) {
                quote = 0;
                continue;
            }
            if (c == '\\' && quote != '\'') {
                if (++i == line.length()) {
                    return Optional.empty();
                }
                char next = line.charAt(i);
                if (quoted && "$`\"\\\n".indexOf(next) < 0) {
                    append(text, pattern, c, true);
                }
                append(text, pattern, next, true);
                inWord = true;
            } else if (!quoted && (c == '\'' || c == '"')) {
                quote = c;
                inWord = true;
            } else if (!quoted && (c == ' ' || c == '\t')) {
                if (inWord) {
                    words.add(new ShellWord(text.toString(), pattern.toString()));
                    text.setLength(0);
                    pattern.setLength(0);
                    inWord = false;
                }
            } else if (quote != '\'' && (quoted ? "$`" : NEEDS_A_SHELL).indexOf(c) >= 0) {
                return Optional.empty();
            } else {
                append(text, pattern, c, quoted);
                inWord = true;
            }
        }
        if (quote != 0) {
            return Optional.empty();
        }
        if (inWord) {
            words.add(new ShellWord(text.toString(), pattern.toString()));
        }
        return Optional.of(words);
    }

    private static void append(StringBuilder text, StringBuilder pattern, char c, boolean quoted) {
        text.append(c);
        if (quoted) {
            pattern.append('\\');
        }
        pattern.append(c);
    }

    /** The paths that the word means in a sandbox: a home for a tilde, names for a pattern, itself if none matches. */
    List<String> expand(SandboxFiles files) throws InterruptedException {
        String word = pattern;
        List<String> found = new ArrayList<>();
        if (word.equals("~") || word.startsWith("~/")) {
            String home = files.home();
            if (word.length() <= 2) {
                return List.of(home);
            }
            found.add(home + "/");
            word = word.substring(2);
        } else if (word.startsWith("/")) {
            found.add("/");
            word = word.substring(1);
        } else {
            found.add("");
        }
        for (String part : word.split("(?<=/)")) {
            String name = part.endsWith("/") ? part.substring(0, part.length() - 1) : part;
            String end = part.substring(name.length());
            List<String> longer = new ArrayList<>();
            for (String directory : found) {
                if (isPattern(name)) {
                    match(files, directory, name, end, longer);
                } else {
                    longer.add(directory + unescape(name) + end);
                }
            }
            found = longer;
        }
        found.sort(null);
        return found.isEmpty() ? List.of(text) : found;
    }

    private static void match(
            SandboxFiles files, String directory, String name, String end, List<String> found)
            throws InterruptedException {
        Pattern regex = Pattern.compile(regex(name), Pattern.DOTALL);
        try (Listing listing = files.list(directory.isEmpty() ? "." : directory)) {
            while (listing.hasNext()) {
                Entry entry = listing.next();
                boolean hidden = entry.name().startsWith(".") && !name.startsWith(".");
                boolean self = entry.name().equals(".") || entry.name().equals("..");
                if (!hidden && !self && regex.matcher(entry.name()).matches()) {
                    found.add(directory + entry.name() + end);
                }
            }
        } catch (FileException e) {
            // A pattern in a directory that cannot be read matches nothing, as in a shell.
            return;
        }
    }

    private static boolean isPattern(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '\\') {
                i++;
            } else if (PATTERN.indexOf(c) >= 0) {
                return true;
            }
        }
        return false;
    }

    private static String unescape(String name) {
        return name.replaceAll("(?s)\\\\(.)", "$1");
    }

    private static String regex(String name) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            int close = c == '[' ? name.indexOf(']', i + 2) : -1;
            if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else if (close > 0) {
                String set = name.substring(i + 1, close).replace("[", "\\[").replace("&&", "&\\&");
                regex.append('[')
                        .append(set.startsWith("!") ? "^" + set.substring(1) : set)
                        .append(']');
                i = close;
            } else {
                regex.append(
                        Pattern.quote(
                                String.valueOf(
                                        c == '\\' && i + 1 < name.length()
                                                ? name.charAt(++i)
                                                : c)));
            }
        }
        return regex.toString();
    }
}

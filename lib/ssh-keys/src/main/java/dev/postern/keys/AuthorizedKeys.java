// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshPublicKey;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * An authorized_keys file (sshd(8), AUTHORIZED_KEYS FILE FORMAT). A bad line never disables a good one.
 *
 * @param entries the good lines, in their order
 * @param problems the bad ones
 */
public record AuthorizedKeys(List<Entry> entries, List<Problem> problems) {
    public AuthorizedKeys {
        entries = List.copyOf(entries);
        problems = List.copyOf(problems);
    }

    /**
     * A good line.
     *
     * @param line its number, from 1
     * @param key the key
     * @param comment what stands behind it, may be empty
     * @param options what stands before it
     */
    public record Entry(int line, SshPublicKey key, String comment, AuthorizedKeyOptions options) {}

    /**
     * A bad line.
     *
     * @param line its number, from 1
     * @param message what is wrong with it; never holds key material
     */
    public record Problem(int line, String message) {}

    /**
     * Reads a file's text. Never throws for what is in it.
     *
     * @param zone of {@code expiry-time} without a {@code Z}
     */
    public static AuthorizedKeys parse(String text, ZoneId zone) {
        List<Entry> entries = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        int number = 0;
        for (String raw : text.split("\n", -1)) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                entries.add(entry(number, line, zone));
            } catch (OptionParser.BadLineException e) {
                problems.add(new Problem(number, e.problem()));
            }
        }
        return new AuthorizedKeys(entries, problems);
    }

    private static Entry entry(int number, String line, ZoneId zone)
            throws OptionParser.BadLineException {
        if (line.indexOf('\0') >= 0) {
            throw new OptionParser.BadLineException("The line holds a NUL");
        }
        AuthorizedKeyOptions options = AuthorizedKeyOptions.NONE;
        String rest = line;
        if (!startsWithType(line)) {
            int end = OptionParser.end(line);
            rest = line.substring(end).strip();
            if (!startsWithType(rest)) {
                throw new OptionParser.BadLineException(
                        "There is no public key, expected options, a type such as ssh-ed25519 and the key");
            }
            options = new OptionParser(line.substring(0, end), zone).parse();
        }
        return switch (PublicKeys.parse(rest)) {
            case KeyParse.Parsed(SshPublicKey key, String comment) ->
                    new Entry(number, key, comment, options);
            case KeyParse.Rejected rejected ->
                    throw new OptionParser.BadLineException(rejected.message());
        };
    }

    private static boolean startsWithType(String text) {
        String type = text.split("[ \t]", 2)[0];
        return KeyFields.known(type)
                || type.equals("ssh-dss")
                || Certificates.isCertificateType(type);
    }
}

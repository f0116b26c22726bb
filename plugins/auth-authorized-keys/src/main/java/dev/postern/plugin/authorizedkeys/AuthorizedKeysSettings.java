// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import dev.postern.api.config.ConfigReader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Settings of a component of type {@code authorized-keys}; see the plugin's reference.conf.
 */
record AuthorizedKeysSettings(
        List<Path> files,
        Optional<String> subject,
        Optional<String> team,
        Optional<Map<String, List<String>>> sandboxes,
        boolean strictModes,
        Optional<ZoneId> timeZone,
        Duration pollInterval,
        boolean endSessions) {
    AuthorizedKeysSettings {
        files = List.copyOf(files);
        sandboxes = sandboxes.map(Map::copyOf);
    }

    static AuthorizedKeysSettings read(ConfigReader reader) {
        return new AuthorizedKeysSettings(
                files(reader),
                reader.optionalString("subject"),
                reader.optionalString("team"),
                sandboxes(reader),
                reader.bool("strict-modes"),
                zone(reader),
                reader.duration("poll-interval", Duration.ofMillis(100), Duration.ofHours(1)),
                reader.bool("end-sessions"));
    }

    private static List<Path> files(ConfigReader reader) {
        List<Path> files = new ArrayList<>();
        List<String> texts = reader.strings("files");
        for (String text : texts) {
            try {
                Path path = Path.of(withHome(text));
                if (path.isAbsolute()) {
                    files.add(path.normalize());
                    continue;
                }
            } catch (InvalidPathException e) {
                // Said below, as for every other text that is no path.
            }
            reader.problem("files", "holds '" + text + "', expected an absolute path or ~/...");
        }
        if (texts.isEmpty() && reader.present("files")) {
            reader.problem("files", "is empty, expected at least one file");
        }
        return files;
    }

    private static String withHome(String text) {
        String home = System.getenv("HOME");
        return text.startsWith("~/") && home != null ? home + text.substring(1) : text;
    }

    private static Optional<Map<String, List<String>>> sandboxes(ConfigReader reader) {
        reader.ignore("sandboxes");
        if (!reader.present("sandboxes")) {
            return Optional.empty();
        }
        ConfigReader section = reader.section("sandboxes");
        Map<String, List<String>> sandboxes = new LinkedHashMap<>();
        for (String fingerprint : section.keys()) {
            if (!fingerprint.matches("SHA256:[A-Za-z0-9+/]{43}")) {
                section.problem(
                        fingerprint,
                        "is not a key's fingerprint, expected one as ssh-keygen -l shows it");
            }
            sandboxes.put(fingerprint, section.strings(fingerprint));
        }
        return Optional.of(sandboxes);
    }

    private static Optional<ZoneId> zone(ConfigReader reader) {
        Optional<String> text = reader.optionalString("time-zone");
        try {
            return text.map(ZoneId::of);
        } catch (DateTimeException e) {
            reader.problem(
                    "time-zone",
                    "is '" + text.orElse("") + "', expected a zone such as Europe/Berlin");
            return Optional.empty();
        }
    }
}

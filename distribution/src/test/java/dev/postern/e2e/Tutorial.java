// SPDX-License-Identifier: Apache-2.0
package dev.postern.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of the documentation whose shell blocks are run as they stand, one after the other, in an empty home. */
final class Tutorial {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");

    private Tutorial() {}

    static Result run(String name, Path folder, Map<String, String> environment)
            throws IOException {
        Path page =
                Path.of(System.getProperty("postern.source"), "docs", "tutorials", name + ".md");
        StringBuilder script = new StringBuilder("set -eu -o pipefail -x\n");
        Matcher blocks = BLOCK.matcher(Files.readString(page));
        while (blocks.find()) {
            script.append(blocks.group(1)).append('\n');
        }
        Path home = Files.createDirectories(folder.resolve("home"));
        Path work = Files.createDirectories(folder.resolve("work"));
        Path command = work.resolve("postern");
        Files.writeString(command, "#!/bin/sh\nexec " + Installation.launcher() + " \"$@\"\n");
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = folder.resolve("tutorial.sh");
        Files.writeString(file, script);
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.put("HOME", home.toString());
        return Programs.run(
                java.util.List.of("bash", "-c", "cd " + work + " && exec bash " + file),
                new byte[0],
                all);
    }
}

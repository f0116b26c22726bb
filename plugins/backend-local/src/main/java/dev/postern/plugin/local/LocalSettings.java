// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.config.ConfigReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of a component; {@code reference.conf} says what each means.
 *
 * @param root holds one folder a sandbox; empty for the component's state directory
 * @param keepFiles whether the folder outlives its sandbox
 * @param runAs the user that processes run as; empty for the gateway's own
 * @param user the only person who may come in; empty for the first one who does
 * @param shell the login shell; empty for that of the account
 * @param path the value of PATH
 * @param forwards whether connections may be made and accepted on this host
 * @param dialTimeout how long a connection may take to come about
 * @param filesRoot what SFTP cannot leave; empty for the whole host
 * @param hangupGrace how long a process has to end after it was hung up
 * @param eventThreads how many threads move the bytes of all sessions
 */
record LocalSettings(
        Optional<Path> root,
        boolean keepFiles,
        Optional<String> runAs,
        Optional<String> user,
        Optional<String> shell,
        String path,
        boolean forwards,
        Duration dialTimeout,
        Optional<Path> filesRoot,
        Duration hangupGrace,
        int eventThreads) {

    static LocalSettings read(ConfigReader reader) {
        return new LocalSettings(
                absolute(reader, "root"),
                reader.bool("keep-files"),
                reader.optionalString("run-as"),
                reader.optionalString("user"),
                absolute(reader, "shell").map(Path::toString),
                reader.string("path"),
                reader.bool("forwards"),
                reader.duration("dial-timeout", Duration.ofMillis(100), Duration.ofMinutes(5)),
                absolute(reader, "files-root"),
                reader.duration("hangup-grace", Duration.ZERO, Duration.ofMinutes(1)),
                reader.integer("event-threads", 1, 64));
    }

    private static Optional<Path> absolute(ConfigReader reader, String key) {
        Optional<Path> path = reader.optionalString(key).map(Path::of);
        if (path.isPresent() && !path.get().isAbsolute()) {
            reader.problem(key, "is '" + path.get() + "', expected an absolute path");
        }
        return path.map(Path::normalize);
    }
}

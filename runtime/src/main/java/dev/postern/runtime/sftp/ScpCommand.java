// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.FileNames;
import dev.postern.api.value.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The command line that {@code scp -O} runs at the other end.
 *
 * @param sink whether files are sent to us ({@code -t}), or we send them ({@code -f})
 * @param recursive {@code -r}
 * @param preserve {@code -p}: times and modes
 * @param directory {@code -d}: the target has to be a directory
 * @param paths files to send, or the one target
 */
public record ScpCommand(
        boolean sink,
        boolean recursive,
        boolean preserve,
        boolean directory,
        List<ShellWord> paths) {
    public ScpCommand {
        paths = List.copyOf(paths);
    }

    /**
     * Understands a command line.
     *
     * @param line as the client asks to run it
     * @return empty if it is anything but the remote side of scp, or needs a shell to be understood
     */
    public static Optional<ScpCommand> parse(Bytes line) {
        byte[] octets = line.toArray();
        Optional<List<ShellWord>> parsed =
                ShellWord.split(FileNames.decode(octets, 0, octets.length));
        if (parsed.isEmpty()
                || parsed.get().isEmpty()
                || !parsed.get().getFirst().text().equals("scp")) {
            return Optional.empty();
        }
        StringBuilder options = new StringBuilder();
        List<ShellWord> paths = new ArrayList<>();
        boolean onlyPaths = false;
        for (ShellWord word : parsed.get().subList(1, parsed.get().size())) {
            String text = word.text();
            if (!onlyPaths && text.equals("--")) {
                onlyPaths = true;
            } else if (!onlyPaths && text.startsWith("-") && text.length() > 1) {
                options.append(text, 1, text.length());
            } else {
                onlyPaths = true;
                paths.add(word);
            }
        }
        String letters = options.toString();
        boolean sink = letters.indexOf('t') >= 0;
        boolean source = letters.indexOf('f') >= 0;
        if (sink == source
                || !letters.matches("[tfrpdvq]+")
                || paths.isEmpty()
                || (sink && paths.size() > 1)) {
            return Optional.empty();
        }
        return Optional.of(
                new ScpCommand(
                        sink,
                        letters.indexOf('r') >= 0,
                        letters.indexOf('p') >= 0,
                        letters.indexOf('d') >= 0,
                        paths));
    }
}

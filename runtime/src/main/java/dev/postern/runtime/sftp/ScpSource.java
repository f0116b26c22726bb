// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.FileException;
import dev.postern.api.backend.SandboxFiles;
import dev.postern.api.backend.SandboxFiles.FileAttributes;
import dev.postern.api.backend.SandboxFiles.Listing;
import dev.postern.api.backend.SandboxFiles.OpenFile;
import dev.postern.api.backend.SandboxFiles.OpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** {@code scp -f}: sends files. */
final class ScpSource {
    private static final int CHUNK = 32 << 10;
    private static final int MAX_DEPTH = 128;

    private final SandboxFiles files;
    private final ScpCommand command;
    private final FileActivity activity;
    private final ScpWire wire;

    ScpSource(SandboxFiles files, ScpCommand command, FileActivity activity, ScpWire wire) {
        this.files = files;
        this.command = command;
        this.activity = activity;
        this.wire = wire;
    }

    void run() throws InterruptedException {
        if (!wire.answered()) {
            return;
        }
        for (ShellWord word : command.paths()) {
            for (String path : word.expand(files)) {
                send(path, 0);
            }
        }
    }

    private void send(String path, int depth) throws InterruptedException {
        try {
            FileAttributes attributes = files.attributes(path, true);
            int mode = attributes.mode().orElse(0100644);
            switch (mode & 0170000) {
                case 0100000 -> file(path, attributes, mode & 07777);
                case 0040000 -> directory(path, attributes, mode & 07777, depth);
                default -> wire.error(path, "not a regular file");
            }
        } catch (FileException e) {
            wire.error(path, e);
        }
    }

    private void directory(String path, FileAttributes attributes, int mode, int depth)
            throws InterruptedException {
        if (!command.recursive()) {
            wire.error(path, "not a regular file");
            return;
        }
        if (depth == MAX_DEPTH) {
            wire.error(path, "too many levels of directories");
            return;
        }
        List<String> names = new ArrayList<>();
        try (Listing listing = files.list(path)) {
            listing.forEachRemaining(entry -> names.add(entry.name()));
        }
        if (!times(attributes)) {
            return;
        }
        wire.send("D%04o 0 %s\n".formatted(mode, lastName(path)));
        if (!wire.answered()) {
            return;
        }
        for (String name : names) {
            if (!name.equals(".") && !name.equals("..")) {
                send(path.endsWith("/") ? path + name : path + "/" + name, depth + 1);
            }
        }
        wire.send("E\n");
        wire.answered();
    }

    private void file(String path, FileAttributes attributes, int mode)
            throws InterruptedException {
        Set<OpenOption> options = EnumSet.of(OpenOption.READ);
        long size = attributes.size().orElse(0L);
        long sent = 0;
        try (OpenFile file = files.open(path, options, FileAttributes.NONE)) {
            activity.opened(path, options);
            try {
                if (!times(attributes)) {
                    return;
                }
                wire.send("C%04o %d %s\n".formatted(mode, size, lastName(path)));
                if (!wire.answered()) {
                    return;
                }
                sent = content(path, file, size);
            } finally {
                activity.closed(path, sent, 0);
            }
        }
        wire.answered();
    }

    /** Sends as many octets as were announced, whatever becomes of the file, and then how it went. */
    private long content(String path, OpenFile file, long size) throws InterruptedException {
        String failure = "";
        long sent = 0;
        while (sent < size) {
            byte[] chunk = new byte[CHUNK];
            int wanted = (int) Math.min(CHUNK, size - sent);
            int count = wanted;
            if (failure.isEmpty()) {
                try {
                    count = file.read(sent, chunk, 0, wanted);
                    failure = count <= 0 ? "the file has become shorter" : "";
                } catch (FileException e) {
                    failure = String.valueOf(e.getMessage());
                }
                count = failure.isEmpty() ? count : wanted;
            }
            wire.send(chunk, count);
            sent += count;
        }
        if (failure.isEmpty()) {
            wire.ok();
        } else {
            wire.error(path, failure);
        }
        return sent;
    }

    private boolean times(FileAttributes attributes) throws InterruptedException {
        if (!command.preserve() || attributes.times().isEmpty()) {
            return true;
        }
        wire.send(
                "T%d 0 %d 0\n"
                        .formatted(
                                attributes.times().get().modification(),
                                attributes.times().get().access()));
        return wire.answered();
    }

    private static String lastName(String path) {
        int end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        String name = path.substring(path.lastIndexOf('/', end - 1) + 1, end);
        // As OpenSSH does: a line of the protocol ends at a line feed.
        return name.replace("\n", "\\^J");
    }
}

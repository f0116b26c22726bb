// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.FileException;
import dev.postern.api.backend.SandboxFiles;
import dev.postern.api.backend.SandboxFiles.FileAttributes;
import dev.postern.api.backend.SandboxFiles.OpenFile;
import dev.postern.api.backend.SandboxFiles.OpenOption;
import dev.postern.api.backend.SandboxFiles.Times;
import dev.postern.runtime.sftp.FileActivity.Change;
import java.io.ByteArrayOutputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code scp -t}: takes files. */
final class ScpSink {
    private static final Pattern ENTRY =
            Pattern.compile("([0-7]{4}) (\\d{1,18}) ([^/]+)", Pattern.DOTALL);
    private static final Pattern TIMES =
            Pattern.compile("(\\d{1,18}) \\d{1,9} (\\d{1,18}) \\d{1,9}");
    private static final int MAX_DEPTH = 128;

    private final SandboxFiles files;
    private final ScpCommand command;
    private final FileActivity activity;
    private final ScpWire wire;

    ScpSink(SandboxFiles files, ScpCommand command, FileActivity activity, ScpWire wire) {
        this.files = files;
        this.command = command;
        this.activity = activity;
        this.wire = wire;
    }

    void run() throws InterruptedException {
        List<String> targets = command.paths().getFirst().expand(files);
        if (targets.size() != 1) {
            wire.error(command.paths().getFirst().text(), "ambiguous target");
            return;
        }
        String target = targets.getFirst().isEmpty() ? "." : targets.getFirst();
        if (command.directory() && !isDirectory(target)) {
            wire.error(target, "Not a directory");
            return;
        }
        wire.ok();
        take(target, 0);
    }

    private void take(String target, int depth) throws InterruptedException {
        boolean into = isDirectory(target);
        Optional<Times> times = Optional.empty();
        while (true) {
            int kind = wire.octet();
            switch (kind) {
                case -1 -> {
                    return;
                }
                case 1 -> {
                    wire.rest(new ByteArrayOutputStream());
                    wire.countError();
                }
                case 2 -> throw new BadMessageException("The other side gave up");
                case 'E' -> {
                    wire.rest(new ByteArrayOutputStream());
                    wire.ok();
                    if (depth == 0) {
                        throw new BadMessageException("A directory ends that did not begin");
                    }
                    return;
                }
                case 'T' -> {
                    times = Optional.of(times());
                    wire.ok();
                }
                case 'C', 'D' -> {
                    Matcher entry = ENTRY.matcher(wire.rest(new ByteArrayOutputStream()));
                    if (!entry.matches()
                            || entry.group(3).equals(".")
                            || entry.group(3).equals("..")) {
                        wire.error(target, "a line of the protocol is not understood");
                        throw new BadMessageException("An entry's line makes no sense");
                    }
                    int mode = Integer.parseInt(entry.group(1), 8);
                    long size = Long.parseLong(entry.group(2));
                    String path = into ? join(target, entry.group(3)) : target;
                    if (kind == 'D') {
                        directory(path, mode, times, depth);
                    } else {
                        file(path, mode, size, times);
                    }
                    times = Optional.empty();
                }
                default -> {
                    wire.error(target, "a line of the protocol is not understood");
                    throw new BadMessageException("A line begins with octet " + kind);
                }
            }
        }
    }

    private Times times() throws InterruptedException {
        Matcher line = TIMES.matcher(wire.rest(new ByteArrayOutputStream()));
        if (!line.matches()) {
            throw new BadMessageException("A line of times makes no sense");
        }
        return new Times(Long.parseLong(line.group(2)), Long.parseLong(line.group(1)));
    }

    private void directory(String path, int mode, Optional<Times> times, int depth)
            throws InterruptedException {
        if (!command.recursive() || depth == MAX_DEPTH) {
            wire.error(path, "received directory without -r, or too many levels of them");
            throw new BadMessageException("A directory that was not asked for");
        }
        if (!isDirectory(path)) {
            try {
                files.makeDirectory(path, mode(mode | 0700));
                activity.changed(Change.MAKE_DIRECTORY, path, Optional.empty());
            } catch (FileException e) {
                wire.error(path, e);
                return;
            }
        }
        wire.ok();
        take(path, depth + 1);
        if (command.preserve()) {
            try {
                files.setAttributes(path, attributes(mode, times), true);
            } catch (FileException e) {
                wire.error(path, e);
            }
        }
    }

    private void file(String path, int mode, long size, Optional<Times> times)
            throws InterruptedException {
        Set<OpenOption> options = EnumSet.of(OpenOption.WRITE, OpenOption.CREATE);
        OpenFile file;
        try {
            file = files.open(path, options, mode(mode));
        } catch (FileException e) {
            wire.error(path, e);
            return;
        }
        activity.opened(path, options);
        Content content = new Content(file);
        Optional<FileException> failure;
        try {
            wire.ok();
            wire.data(size, content);
            failure =
                    content.failure.or(() ->
                            content.end(
                                    size,
                                    command.preserve()
                                            ? attributes(mode, times)
                                            : FileAttributes.NONE));
        } finally {
            try {
                file.close();
            } finally {
                activity.closed(path, 0, content.written);
            }
        }
        wire.answered();
        if (failure.isPresent()) {
            wire.error(path, failure.get());
        } else {
            wire.ok();
        }
    }

    /** What comes for a file; after a failure the rest is taken and dropped, because the other side sends it anyhow. */
    private static final class Content implements ScpWire.Taker {
        private final OpenFile file;
        private long written;
        private Optional<FileException> failure = Optional.empty();

        Content(OpenFile file) {
            this.file = file;
        }

        @Override
        public void take(byte[] bytes, int offset, int length) throws InterruptedException {
            if (failure.isEmpty()) {
                try {
                    file.write(written, bytes, offset, length);
                    written += length;
                } catch (FileException e) {
                    failure = Optional.of(e);
                }
            }
        }

        Optional<FileException> end(long size, FileAttributes attributes) {
            try {
                FileAttributes is = file.attributes();
                boolean regular = is.mode().map(mode -> (mode & 0170000) == 0100000).orElse(true);
                boolean longer = regular && is.size().map(length -> length > size).orElse(true);
                if (longer) {
                    file.setAttributes(
                            new FileAttributes(
                                    Optional.of(size),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty()));
                }
                if (attributes.mode().isPresent() || attributes.times().isPresent()) {
                    file.setAttributes(attributes);
                }
                return Optional.empty();
            } catch (FileException e) {
                return Optional.of(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
    }

    private boolean isDirectory(String path) throws InterruptedException {
        try {
            return files.attributes(path, true)
                    .mode()
                    .map(mode -> (mode & 0170000) == 0040000)
                    .orElse(false);
        } catch (FileException e) {
            return false;
        }
    }

    private static String join(String directory, String name) {
        return directory.endsWith("/") ? directory + name : directory + "/" + name;
    }

    private static FileAttributes mode(int mode) {
        return attributes(mode, Optional.empty());
    }

    private static FileAttributes attributes(int mode, Optional<Times> times) {
        return new FileAttributes(
                Optional.empty(),
                Optional.empty(),
                Optional.of(mode),
                times,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}

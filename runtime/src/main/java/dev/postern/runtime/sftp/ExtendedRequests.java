// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.FileException;
import dev.postern.api.backend.FileNames;
import dev.postern.api.backend.SandboxFiles;
import dev.postern.api.backend.SandboxFiles.FileAttributes;
import dev.postern.api.backend.SandboxFiles.FileSystemStatistics;
import dev.postern.runtime.sftp.FileActivity.Change;
import dev.postern.runtime.sftp.OpenHandles.FileHandle;
import java.util.Optional;

/** OpenSSH's extensions (its PROTOCOL file, section 4) and those of draft-ietf-secsh-filexfer-extensions. */
final class ExtendedRequests {
    private static final String[][] EXTENSIONS = {
        {"posix-rename@openssh.com", "1"},
        {"statvfs@openssh.com", "2"},
        {"fstatvfs@openssh.com", "2"},
        {"hardlink@openssh.com", "1"},
        {"fsync@openssh.com", "1"},
        {"lsetstat@openssh.com", "1"},
        {"limits@openssh.com", "1"},
        {"expand-path@openssh.com", "1"},
        {"copy-data", "1"},
        {"home-directory", "1"},
    };

    private static final int COPY_CHUNK = 128 << 10;

    private final SandboxFiles files;
    private final FileActivity activity;
    private final OpenHandles handles;
    private final ReplyBuffer out;

    ExtendedRequests(
            SandboxFiles files, FileActivity activity, OpenHandles handles, ReplyBuffer out) {
        this.files = files;
        this.activity = activity;
        this.handles = handles;
        this.out = out;
    }

    /** Appends the extensions to the VERSION packet. */
    void announce() {
        for (String[] extension : EXTENSIONS) {
            out.string(extension[0]);
            out.string(extension[1]);
        }
    }

    void handle(int id, PacketReader in) throws InterruptedException {
        switch (in.name()) {
            case "posix-rename@openssh.com" -> {
                String from = in.path();
                String to = in.path();
                files.rename(from, to, true);
                activity.changed(Change.RENAME, from, Optional.of(to));
                ok(id);
            }
            case "statvfs@openssh.com" -> statistics(id, files.statistics(in.path()));
            case "fstatvfs@openssh.com" -> statistics(id, handles.file(in).file.statistics());
            case "hardlink@openssh.com" -> {
                String existing = in.path();
                String link = in.path();
                files.hardLink(existing, link);
                activity.changed(Change.HARD_LINK, link, Optional.of(existing));
                ok(id);
            }
            case "fsync@openssh.com" -> {
                handles.file(in).file.sync();
                ok(id);
            }
            case "lsetstat@openssh.com" -> {
                String path = in.path();
                files.setAttributes(path, AttributesCodec.read(in), false);
                activity.changed(Change.ATTRIBUTES, path, Optional.empty());
                ok(id);
            }
            case "limits@openssh.com" -> limits(id);
            case "expand-path@openssh.com" -> name(id, expand(in.path()));
            case "copy-data" -> copy(id, in);
            case "home-directory" -> name(id, homeOf(in.path()));
            default -> out.status(id, Sftp.OP_UNSUPPORTED, "Operation unsupported");
        }
    }

    /** Answers with one name. */
    void name(int id, String path) {
        byte[] octets = FileNames.encode(path);
        out.begin(Sftp.NAME);
        out.number(id);
        out.number(1);
        out.string(octets);
        out.string(octets);
        AttributesCodec.write(out, FileAttributes.NONE);
        out.end();
    }

    private void limits(int id) {
        out.begin(Sftp.EXTENDED_REPLY);
        out.number(id);
        out.longNumber(Sftp.MAX_PACKET);
        out.longNumber(Sftp.MAX_DATA);
        out.longNumber(Sftp.MAX_DATA);
        out.longNumber(handles.limit());
        out.end();
    }

    private void statistics(int id, FileSystemStatistics statistics) {
        out.begin(Sftp.EXTENDED_REPLY);
        out.number(id);
        out.longNumber(statistics.blockSize());
        out.longNumber(statistics.fragmentSize());
        out.longNumber(statistics.blocks());
        out.longNumber(statistics.blocksFree());
        out.longNumber(statistics.blocksAvailable());
        out.longNumber(statistics.files());
        out.longNumber(statistics.filesFree());
        out.longNumber(statistics.filesAvailable());
        out.longNumber(statistics.fileSystemId());
        out.longNumber((statistics.readOnly() ? 1 : 0) | (statistics.noSetUid() ? 2 : 0));
        out.longNumber(statistics.nameMax());
        out.end();
    }

    private String expand(String path) throws InterruptedException {
        String expanded = path;
        if (path.startsWith("~")) {
            int slash = path.indexOf('/');
            String user = path.substring(1, slash < 0 ? path.length() : slash);
            expanded = homeOf(user) + (slash < 0 ? "" : path.substring(slash));
        }
        try {
            return files.realPath(expanded);
        } catch (FileException e) {
            if (e.status() != FileException.Status.NO_SUCH_FILE) {
                throw e;
            }
            // The client may be about to make it.
            return expanded.startsWith("/") ? expanded : files.home() + "/" + expanded;
        }
    }

    /** The home of the session's user; a sandbox does not tell those of others. */
    private String homeOf(String user) throws InterruptedException {
        String home = files.home();
        if (user.isEmpty() || user.equals(".")) {
            return home;
        }
        if (files.attributes(home, true).ownerName().filter(user::equals).isPresent()) {
            return home;
        }
        throw new FileException(
                FileException.Status.FAILURE, "The home of another user is not known");
    }

    private void copy(int id, PacketReader in) throws InterruptedException {
        FileHandle from = handles.file(in);
        long readAt = in.longNumber();
        long length = in.longNumber();
        FileHandle to = handles.file(in);
        long writeAt = in.longNumber();
        if (from == to || readAt < 0 || writeAt < 0 || length < 0) {
            throw new FileException(
                    FileException.Status.FAILURE,
                    "A copy needs two handles and positions within a file");
        }
        long left = length == 0 ? Long.MAX_VALUE : length;
        byte[] chunk = new byte[COPY_CHUNK];
        while (left > 0) {
            int count = from.file.read(readAt, chunk, 0, (int) Math.min(left, chunk.length));
            if (count <= 0) {
                break;
            }
            to.file.write(writeAt, chunk, 0, count);
            from.bytesRead += count;
            to.bytesWritten += count;
            readAt += count;
            writeAt += count;
            left -= count;
        }
        if (length != 0 && left > 0) {
            throw new FileException(
                    FileException.Status.FAILURE, "The file ended before the copy did");
        }
        ok(id);
    }

    private void ok(int id) {
        out.status(id, Sftp.OK, "Success");
    }
}

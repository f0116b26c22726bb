// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.FileException;
import dev.postern.api.backend.FileNames;
import dev.postern.api.backend.SandboxFiles;
import dev.postern.api.backend.SandboxFiles.Entry;
import dev.postern.api.backend.SandboxFiles.FileAttributes;
import dev.postern.api.backend.SandboxFiles.Listing;
import dev.postern.api.backend.SandboxFiles.OpenOption;
import dev.postern.runtime.sftp.FileActivity.Change;
import dev.postern.runtime.sftp.OpenHandles.DirectoryHandle;
import dev.postern.runtime.sftp.OpenHandles.FileHandle;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out one request after the other and writes the replies. Used by the session's worker only; blocks. */
final class RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);

    /** Entries and octets of one answer to READDIR; clients of old have small buffers. */
    private static final int MAX_ENTRIES = 128;

    private static final int MAX_ENTRIES_OCTETS = 32 << 10;

    private final SandboxFiles files;
    private final FileActivity activity;
    private final Clock clock;
    private final ReplyBuffer out;
    private final OpenHandles handles;
    private final ExtendedRequests extended;
    private boolean initialised;

    RequestHandler(
            SandboxFiles files,
            FileActivity activity,
            SftpLimits limits,
            Clock clock,
            ReplyBuffer out) {
        this.files = files;
        this.activity = activity;
        this.clock = clock;
        this.out = out;
        handles = new OpenHandles(limits.openHandles(), activity);
        extended = new ExtendedRequests(files, activity, handles, out);
    }

    OpenHandles handles() {
        return handles;
    }

    /**
     * Handles one packet.
     *
     * @throws BadMessageException if the session cannot go on
     */
    void handle(byte[] packet) throws InterruptedException {
        PacketReader in = new PacketReader(packet);
        int type = in.octet();
        if (type == Sftp.INIT) {
            version(in.number());
            return;
        }
        if (!initialised) {
            throw new BadMessageException(
                    "The first packet has type " + type + ", expected SSH_FXP_INIT");
        }
        int id = in.number();
        try {
            dispatch(type, id, in);
        } catch (FileException e) {
            out.cancel();
            out.status(id, statusOf(e.status()), String.valueOf(e.getMessage()));
        } catch (BadMessageException e) {
            out.cancel();
            throw e;
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("type", type)
                    .setCause(e)
                    .log("A file request failed in the backend");
            out.cancel();
            out.status(id, Sftp.FAILURE, "Internal failure");
        }
    }

    private void version(int version) {
        if (version < Sftp.VERSION) {
            throw new BadMessageException(
                    "The client speaks SFTP version " + version + ", expected 3 or later");
        }
        initialised = true;
        out.begin(Sftp.VERSION_REPLY);
        out.number(Sftp.VERSION);
        extended.announce();
        out.end();
    }

    private void dispatch(int type, int id, PacketReader in) throws InterruptedException {
        switch (type) {
            case Sftp.OPEN -> open(id, in);
            case Sftp.CLOSE -> {
                handles.close(in);
                ok(id);
            }
            case Sftp.READ -> read(id, in);
            case Sftp.WRITE -> write(id, in);
            case Sftp.LSTAT -> attributes(id, files.attributes(in.path(), false));
            case Sftp.STAT -> attributes(id, files.attributes(in.path(), true));
            case Sftp.FSTAT -> attributes(id, handles.file(in).file.attributes());
            case Sftp.SETSTAT -> {
                String path = in.path();
                files.setAttributes(path, AttributesCodec.read(in), true);
                changed(id, Change.ATTRIBUTES, path);
            }
            case Sftp.FSETSTAT -> {
                FileHandle handle = handles.file(in);
                handle.file.setAttributes(AttributesCodec.read(in));
                changed(id, Change.ATTRIBUTES, handle.path);
            }
            case Sftp.OPENDIR -> openDirectory(id, in);
            case Sftp.READDIR -> readDirectory(id, in);
            case Sftp.REMOVE -> {
                String path = in.path();
                files.remove(path);
                changed(id, Change.REMOVE, path);
            }
            case Sftp.MKDIR -> {
                String path = in.path();
                files.makeDirectory(path, AttributesCodec.read(in));
                changed(id, Change.MAKE_DIRECTORY, path);
            }
            case Sftp.RMDIR -> {
                String path = in.path();
                files.removeDirectory(path);
                changed(id, Change.REMOVE_DIRECTORY, path);
            }
            case Sftp.REALPATH -> name(id, files.realPath(in.path()));
            case Sftp.RENAME -> {
                String from = in.path();
                String to = in.path();
                files.rename(from, to, false);
                activity.changed(Change.RENAME, from, Optional.of(to));
                ok(id);
            }
            case Sftp.READLINK -> name(id, files.readLink(in.path()));
            case Sftp.SYMLINK -> {
                // The draft says link first; OpenSSH's client and server, and so everybody, say
                // target first.
                String target = in.path();
                String link = in.path();
                files.symbolicLink(target, link);
                activity.changed(Change.SYMBOLIC_LINK, link, Optional.of(target));
                ok(id);
            }
            case Sftp.EXTENDED -> extended.handle(id, in);
            default -> out.status(id, Sftp.OP_UNSUPPORTED, "Operation unsupported");
        }
    }

    private void open(int id, PacketReader in) throws InterruptedException {
        String path = in.path();
        Set<OpenOption> options = options(in.number());
        FileAttributes attributes = AttributesCodec.read(in);
        handles.reserve();
        FileHandle handle =
                new FileHandle(
                        path,
                        files.open(path, options, attributes),
                        options.contains(OpenOption.APPEND));
        activity.opened(path, options);
        handle(id, handles.add(handle));
    }

    private static Set<OpenOption> options(int flags) {
        Set<OpenOption> options = EnumSet.noneOf(OpenOption.class);
        if ((flags & Sftp.OPEN_WRITE) != 0) {
            options.add(OpenOption.WRITE);
        }
        if ((flags & Sftp.OPEN_READ) != 0 || options.isEmpty()) {
            options.add(OpenOption.READ);
        }
        if ((flags & Sftp.OPEN_APPEND) != 0) {
            options.add(OpenOption.APPEND);
        }
        if ((flags & Sftp.OPEN_CREATE) != 0) {
            options.add(OpenOption.CREATE);
        }
        if ((flags & Sftp.OPEN_TRUNCATE) != 0) {
            options.add(OpenOption.TRUNCATE);
        }
        if ((flags & Sftp.OPEN_EXCLUSIVE) != 0) {
            options.add(OpenOption.EXCLUSIVE);
        }
        return options;
    }

    private void read(int id, PacketReader in) throws InterruptedException {
        FileHandle handle = handles.file(in);
        long position = position(in);
        int wanted = (int) Math.min(in.unsigned(), Sftp.MAX_DATA);
        out.begin(Sftp.DATA);
        out.number(id);
        int lengthAt = out.size();
        out.number(0);
        out.reserve(wanted);
        int got = 0;
        // One read of a pipe or a device may not be followed by another, which could wait for ever.
        while (got < wanted && (got == 0 || handle.regular())) {
            int count =
                    handle.file.read(position + got, out.bytes(), out.size() + got, wanted - got);
            if (count <= 0) {
                break;
            }
            got += count;
        }
        if (got == 0 && wanted > 0) {
            out.cancel();
            out.status(id, Sftp.EOF, "End of file");
            return;
        }
        handle.bytesRead += got;
        out.patch(lengthAt, got);
        out.advance(got);
        out.end();
    }

    private void write(int id, PacketReader in) throws InterruptedException {
        FileHandle handle = handles.file(in);
        long position = position(in);
        int length = in.stringLength();
        handle.file.write(position, in.bytes(), in.at(), length);
        handle.bytesWritten += length;
        ok(id);
    }

    private static long position(PacketReader in) {
        long position = in.longNumber();
        if (position < 0 || position > Long.MAX_VALUE - Sftp.MAX_PACKET) {
            throw new FileException(
                    FileException.Status.FAILURE,
                    "Position " + Long.toUnsignedString(position) + " is beyond any file");
        }
        return position;
    }

    private void openDirectory(int id, PacketReader in) throws InterruptedException {
        String path = in.path();
        handles.reserve();
        handle(id, handles.add(new DirectoryHandle(path, files.list(path))));
    }

    private void readDirectory(int id, PacketReader in) {
        Listing listing = handles.directory(in).listing();
        LongName longName = new LongName(clock);
        out.begin(Sftp.NAME);
        out.number(id);
        int countAt = out.size();
        out.number(0);
        int count = 0;
        while (count < MAX_ENTRIES
                && out.size() - countAt < MAX_ENTRIES_OCTETS
                && listing.hasNext()) {
            Entry entry = listing.next();
            out.string(FileNames.encode(entry.name()));
            out.string(FileNames.encode(longName.of(entry)));
            AttributesCodec.write(out, entry.attributes());
            count++;
        }
        if (count == 0) {
            out.cancel();
            out.status(id, Sftp.EOF, "End of directory");
            return;
        }
        out.patch(countAt, count);
        out.end();
    }

    private void attributes(int id, FileAttributes attributes) {
        out.begin(Sftp.ATTRS);
        out.number(id);
        AttributesCodec.write(out, attributes);
        out.end();
    }

    private void handle(int id, int number) {
        out.begin(Sftp.HANDLE);
        out.number(id);
        out.number(4);
        out.number(number);
        out.end();
    }

    private void name(int id, String path) {
        extended.name(id, path);
    }

    private void changed(int id, Change change, String path) {
        activity.changed(change, path, Optional.empty());
        ok(id);
    }

    private void ok(int id) {
        out.status(id, Sftp.OK, "Success");
    }

    private static int statusOf(FileException.Status status) {
        return switch (status) {
            case NO_SUCH_FILE -> Sftp.NO_SUCH_FILE;
            case PERMISSION_DENIED -> Sftp.PERMISSION_DENIED;
            case UNSUPPORTED -> Sftp.OP_UNSUPPORTED;
            case LOST -> Sftp.CONNECTION_LOST;
            case EXISTS, NOT_EMPTY, NO_SPACE, FAILURE -> Sftp.FAILURE;
        };
    }
}

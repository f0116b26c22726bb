// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.FileException;
import dev.postern.api.backend.SandboxFiles.FileAttributes;
import dev.postern.api.backend.SandboxFiles.Listing;
import dev.postern.api.backend.SandboxFiles.OpenFile;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a session has open, by the number that the client knows it by. Used by the session's worker only. */
final class OpenHandles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenHandles.class);

    /** Something open. */
    sealed interface Handle {}

    /** An open file, and what went through it. */
    static final class FileHandle implements Handle {
        final String path;
        final OpenFile file;
        final boolean append;
        long bytesRead;
        long bytesWritten;
        private @Nullable Boolean regular;

        FileHandle(String path, OpenFile file, boolean append) {
            this.path = path;
            this.file = file;
            this.append = append;
        }

        /** Whether a short read can only mean that the backend likes small pieces, or the end of the file. */
        boolean regular() throws InterruptedException {
            Boolean known = regular;
            if (known == null) {
                FileAttributes attributes = file.attributes();
                known = attributes.mode().map(mode -> (mode & 0170000) == 0100000).orElse(false);
                regular = known;
            }
            return known;
        }
    }

    /** A directory being read. */
    record DirectoryHandle(String path, Listing listing) implements Handle {}

    private final int limit;
    private final FileActivity activity;
    private final Map<Integer, Handle> handles = new HashMap<>();
    private int next;

    OpenHandles(int limit, FileActivity activity) {
        this.limit = limit;
        this.activity = activity;
    }

    int limit() {
        return limit;
    }

    int size() {
        return handles.size();
    }

    /** Fails before anything is opened that could not be kept. */
    void reserve() {
        if (handles.size() >= limit) {
            throw new FileException(
                    FileException.Status.FAILURE,
                    "Too many open files: " + limit + " is the limit of a session");
        }
    }

    int add(Handle handle) {
        // Numbers are not used again, so a late request cannot meet a stranger's file.
        handles.put(next, handle);
        return next++;
    }

    FileHandle file(PacketReader in) {
        if (find(in) instanceof FileHandle file) {
            return file;
        }
        throw unknown();
    }

    DirectoryHandle directory(PacketReader in) {
        if (find(in) instanceof DirectoryHandle directory) {
            return directory;
        }
        throw unknown();
    }

    void close(PacketReader in) {
        Handle handle = handles.remove(key(in));
        if (handle == null) {
            throw unknown();
        }
        close(handle);
    }

    /** Closes everything, whatever goes wrong with one of them. */
    void closeAll() {
        for (Handle handle : handles.values()) {
            try {
                close(handle);
            } catch (RuntimeException e) {
                // The session has ended: there is nobody else to tell that the last bytes may not
                // have been written.
                LOG.atWarn()
                        .setCause(e)
                        .log("A file could not be closed at the end of an SFTP session");
            }
        }
        handles.clear();
    }

    private void close(Handle handle) {
        switch (handle) {
            case DirectoryHandle directory -> directory.listing().close();
            case FileHandle file -> {
                try {
                    file.file.close();
                } finally {
                    activity.closed(file.path, file.bytesRead, file.bytesWritten);
                }
            }
        }
    }

    private @Nullable Handle find(PacketReader in) {
        return handles.get(key(in));
    }

    private static int key(PacketReader in) {
        int length = in.stringLength();
        if (length != 4) {
            in.skip(length);
            return -1;
        }
        return in.number();
    }

    private static FileException unknown() {
        return new FileException(FileException.Status.FAILURE, "No such handle");
    }
}

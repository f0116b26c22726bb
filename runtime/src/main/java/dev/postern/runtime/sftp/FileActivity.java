// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.SandboxFiles.OpenOption;
import java.util.Optional;
import java.util.Set;

/**
 * Hears what a session did with files, for the audit trail. Called on the session's worker, after the deed, in order; it
 * does not block. Paths are as the client wrote them.
 */
public interface FileActivity {
    /** Nobody listens. */
    FileActivity NONE =
            new FileActivity() {
                @Override
                public void opened(String path, Set<OpenOption> options) {}

                @Override
                public void closed(String path, long bytesRead, long bytesWritten) {}

                @Override
                public void changed(Change change, String path, Optional<String> other) {}
            };

    /** A file was opened. */
    void opened(String path, Set<OpenOption> options);

    /** A file was closed, by the client or by the end of the session. */
    void closed(String path, long bytesRead, long bytesWritten);

    /**
     * Something was changed.
     *
     * @param change what
     * @param path where
     * @param other the second path, where the change has one
     */
    void changed(Change change, String path, Optional<String> other);

    /** Kinds of change. */
    enum Change {
        /** A file or a link was removed. */
        REMOVE,
        /** A directory was removed. */
        REMOVE_DIRECTORY,
        /** A directory was made. */
        MAKE_DIRECTORY,
        /** Renamed; the other is the new path. */
        RENAME,
        /** A symbolic link was made; the other is its target. */
        SYMBOLIC_LINK,
        /** A hard link was made; the other is the existing file. */
        HARD_LINK,
        /** Attributes were set. */
        ATTRIBUTES
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

import java.util.Iterator;
import java.util.Optional;
import java.util.Set;

/**
 * The files of a sandbox for a gateway-side SFTP server, with the semantics of POSIX calls as the session's user.
 *
 * <p>Paths are absolute or relative to {@link #home}; they cannot leave the sandbox's root where it has one. Names are
 * octets inside; as text they follow {@link FileNames}. Calls come
 * from any thread, many at once, and may block. A refusal is a {@link FileException} with the status that the client
 * sees.
 */
public interface SandboxFiles {
    /** The directory where a session begins. */
    String home();

    /**
     * Opens a file.
     *
     * @param path which
     * @param options how
     * @param attributes for a file that is made; umask applies
     */
    OpenFile open(String path, Set<OpenOption> options, FileAttributes attributes)
            throws InterruptedException;

    /** Lists a directory, with {@code .} and {@code ..}. The caller closes it. */
    Listing list(String path) throws InterruptedException;

    /** Attributes, of a link's target if {@code followLinks}. */
    FileAttributes attributes(String path, boolean followLinks) throws InterruptedException;

    /** Sets those attributes that are present. */
    void setAttributes(String path, FileAttributes attributes, boolean followLinks)
            throws InterruptedException;

    /** Makes a directory; fails if it exists. */
    void makeDirectory(String path, FileAttributes attributes) throws InterruptedException;

    /** Removes an empty directory. */
    void removeDirectory(String path) throws InterruptedException;

    /** Removes anything but a directory. */
    void remove(String path) throws InterruptedException;

    /** Renames; replaces an existing file only if {@code replace} (posix-rename@openssh.com). */
    void rename(String from, String to, boolean replace) throws InterruptedException;

    /** Makes a symbolic link at {@code link} with the text {@code target}. */
    void symbolicLink(String target, String link) throws InterruptedException;

    /** Makes a hard link at {@code link} to {@code existing}. */
    void hardLink(String existing, String link) throws InterruptedException;

    /** The text of a symbolic link. */
    String readLink(String path) throws InterruptedException;

    /** The absolute path without links, {@code .} and {@code ..}; the last part need not exist. */
    String realPath(String path) throws InterruptedException;

    /** Figures of the file system that holds a path. */
    FileSystemStatistics statistics(String path) throws InterruptedException;

    /** How to open (SFTP version 3 flags). */
    enum OpenOption {
        /** For reading. */
        READ,
        /** For writing. */
        WRITE,
        /** Every write goes to the end. */
        APPEND,
        /** Make it if it is not there. */
        CREATE,
        /** Cut it to length 0. */
        TRUNCATE,
        /** With CREATE: fail if it is there. */
        EXCLUSIVE
    }

    /** An open file. Calls may come from several threads at once. */
    interface OpenFile extends AutoCloseable {
        /** Reads from a position; -1 at end of file, else at least one byte. */
        int read(long position, byte[] bytes, int offset, int length) throws InterruptedException;

        /** Writes all bytes at a position. */
        void write(long position, byte[] bytes, int offset, int length) throws InterruptedException;

        /** Attributes of what is open. */
        FileAttributes attributes() throws InterruptedException;

        /** Sets those attributes that are present. */
        void setAttributes(FileAttributes attributes) throws InterruptedException;

        /** Returns when everything written is on stable storage. */
        void sync() throws InterruptedException;

        /** Figures of the file system that holds it. */
        FileSystemStatistics statistics() throws InterruptedException;

        /** Closes; what could not be written before is reported here. */
        @Override
        void close();
    }

    /** A directory being read. */
    interface Listing extends Iterator<Entry>, AutoCloseable {
        @Override
        void close();
    }

    /**
     * A directory's entry.
     *
     * @param name without a path
     * @param attributes of the entry itself, not of a link's target
     */
    record Entry(String name, FileAttributes attributes) {}

    /**
     * Attributes of a file; absent ones are not known or not to be changed.
     *
     * @param size bytes
     * @param owner numeric user and group
     * @param mode type and permission bits as in POSIX {@code st_mode}
     * @param times seconds since 1970
     * @param ownerName the user's name, for listings
     * @param groupName the group's name, for listings
     * @param links number of hard links, for listings
     */
    record FileAttributes(
            Optional<Long> size,
            Optional<Owner> owner,
            Optional<Integer> mode,
            Optional<Times> times,
            Optional<String> ownerName,
            Optional<String> groupName,
            Optional<Integer> links) {
        /** Nothing present. */
        public static final FileAttributes NONE =
                new FileAttributes(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
    }

    /**
     * Numeric owner.
     *
     * @param uid user
     * @param gid group
     */
    record Owner(int uid, int gid) {}

    /**
     * Times in seconds since 1970, unsigned 32 bits in SFTP version 3.
     *
     * @param access last access
     * @param modification last modification
     */
    record Times(long access, long modification) {}

    /**
     * As POSIX {@code statvfs}.
     *
     * @param blockSize file system block size, bytes
     * @param fragmentSize fundamental block size, bytes
     * @param blocks fragments in all
     * @param blocksFree fragments free
     * @param blocksAvailable fragments free for others than root
     * @param files inodes in all
     * @param filesFree inodes free
     * @param filesAvailable inodes free for others than root
     * @param fileSystemId an id
     * @param readOnly whether nothing can be written
     * @param noSetUid whether set-user-id bits are ignored
     * @param nameMax longest file name, bytes
     */
    record FileSystemStatistics(
            long blockSize,
            long fragmentSize,
            long blocks,
            long blocksFree,
            long blocksAvailable,
            long files,
            long filesFree,
            long filesAvailable,
            long fileSystemId,
            boolean readOnly,
            boolean noSetUid,
            long nameMax) {}
}

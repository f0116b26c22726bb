// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.FileException;
import dev.postern.api.backend.FileException.Status;

/** The calls into glibc that files need. They are told apart from those of {@link Posix} in that they may block. */
final class FileCalls {
    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_REMOVEDIR = 0x200;
    static final int AT_EMPTY_PATH = 0x1000;

    static final int O_WRONLY = 1;
    static final int O_CREAT = 0100;
    static final int O_EXCL = 0200;
    static final int O_TRUNC = 01000;
    static final int O_APPEND = 02000;
    static final int O_PATH = 0x200000;
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
    static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
    static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;

    static final NativeFunction OPENAT = NativeFunction.variadic("openat", 3, 4);
    static final NativeFunction PREAD = NativeFunction.of("pread", 4);
    static final NativeFunction PWRITE = NativeFunction.of("pwrite", 4);
    static final NativeFunction STATX = NativeFunction.of("statx", 5);
    static final NativeFunction FCHMOD = NativeFunction.of("fchmod", 2);
    static final NativeFunction FCHOWNAT = NativeFunction.of("fchownat", 5);
    static final NativeFunction FUTIMENS = NativeFunction.of("futimens", 2);
    static final NativeFunction UTIMENSAT = NativeFunction.of("utimensat", 4);
    static final NativeFunction FTRUNCATE = NativeFunction.of("ftruncate", 2);
    static final NativeFunction TRUNCATE = NativeFunction.of("truncate", 2);
    static final NativeFunction MKDIRAT = NativeFunction.of("mkdirat", 3);
    static final NativeFunction UNLINKAT = NativeFunction.of("unlinkat", 3);
    static final NativeFunction RENAMEAT = NativeFunction.of("renameat", 4);
    static final NativeFunction RENAMEAT2 = NativeFunction.of("renameat2", 5);
    static final NativeFunction SYMLINKAT = NativeFunction.of("symlinkat", 3);
    static final NativeFunction LINKAT = NativeFunction.of("linkat", 5);
    static final NativeFunction READLINKAT = NativeFunction.of("readlinkat", 4);
    static final NativeFunction GETDENTS = NativeFunction.of("getdents64", 3);
    static final NativeFunction FSTATVFS = NativeFunction.of("fstatvfs", 2);
    static final NativeFunction FSYNC = NativeFunction.of("fsync", 1);

    private FileCalls() {}

    /** The result, or the refusal that a client sees. */
    static int checked(int result) {
        if (result < 0) {
            throw refusal(-result);
        }
        return result;
    }

    /** What a client sees of an error, as OpenSSH's server maps it. */
    static FileException refusal(int errno) {
        Status status =
                switch (errno) {
                    case Errno.ENOENT, Errno.ELOOP -> Status.NO_SUCH_FILE;
                    case Errno.EPERM, Errno.EACCES -> Status.PERMISSION_DENIED;
                    case Errno.EEXIST -> Status.EXISTS;
                    case Errno.ENOTEMPTY -> Status.NOT_EMPTY;
                    case Errno.ENOSPC, Errno.EDQUOT -> Status.NO_SPACE;
                    case Errno.ENOSYS, Errno.EOPNOTSUPP -> Status.UNSUPPORTED;
                    default -> Status.FAILURE;
                };
        return new FileException(status, Errno.text(errno));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.error.PosternException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The calls into glibc that processes and descriptors need; numbers are those of Linux on x86-64 and aarch64. */
final class Posix {
    static final int O_RDWR = 2;
    static final int O_NOCTTY = 0x100;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;

    /** A number that no outcome of a read or write has: nothing moves now. */
    static final int AGAIN = -Errno.EAGAIN;

    static final NativeFunction EPOLL_CREATE = NativeFunction.of("epoll_create1", 1);
    static final NativeFunction EPOLL_CTL = NativeFunction.of("epoll_ctl", 4);
    static final NativeFunction EPOLL_WAIT = NativeFunction.of("epoll_wait", 4);
    static final NativeFunction EVENTFD = NativeFunction.of("eventfd", 2);
    static final NativeFunction CLOSE = NativeFunction.of("close", 1);
    static final NativeFunction PIPE2 = NativeFunction.of("pipe2", 2);
    static final NativeFunction OPEN = NativeFunction.variadic("open", 2, 3);
    static final NativeFunction IOCTL = NativeFunction.variadic("ioctl", 2, 3);
    static final NativeFunction FCNTL = NativeFunction.variadic("fcntl", 2, 3);
    static final NativeFunction SYSCALL = NativeFunction.variadic("syscall", 1, 5);
    static final NativeFunction KILL = NativeFunction.of("kill", 2);
    static final NativeFunction WAITID = NativeFunction.of("waitid", 4);
    static final NativeFunction SHUTDOWN = NativeFunction.of("shutdown", 2);
    static final NativeFunction CHOWN = NativeFunction.of("chown", 3);
    static final NativeFunction CHMOD = NativeFunction.of("chmod", 2);
    static final NativeFunction GETEUID = NativeFunction.of("geteuid", 1);

    private static final int SYS_PIDFD_SEND_SIGNAL = 424;
    private static final int SYS_PIDFD_OPEN = 434;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_SETPIPE_SZ = 1031;

    private static final MethodHandle READ = NativeFunction.transfer("read");
    private static final MethodHandle WRITE = NativeFunction.transfer("write");

    private Posix() {}

    /** What keeps this host from running the component; empty if nothing does. */
    static Optional<String> missing() {
        String os = System.getProperty("os.name");
        String arch = System.getProperty("os.arch");
        if (!os.equals("Linux") || !(arch.equals("amd64") || arch.equals("aarch64"))) {
            return Optional.of(
                    "this is '" + os + "' on '" + arch + "', expected Linux on x86-64 or aarch64");
        }
        if (!NativeFunction.exists("posix_spawn_file_actions_addclosefrom_np")) {
            return Optional.of(
                    "its C library has no posix_spawn_file_actions_addclosefrom_np, expected glibc 2.34 or later");
        }
        return Optional.empty();
    }

    /** The result, or an exception if it is an error. */
    static int checked(String call, int result) {
        if (result < 0) {
            throw new PosternException(
                    LocalCodes.HOST, "'" + call + "' failed: " + Errno.text(-result));
        }
        return result;
    }

    /** Reads from a non-blocking descriptor: octets read, 0 at end of file, or a negated error. */
    static int read(int fd, byte[] bytes, int offset, int length, MemorySegment errno) {
        try {
            MemorySegment target = MemorySegment.ofArray(bytes).asSlice(offset, length);
            long count = (long) READ.invokeExact(errno, fd, target, (long) length);
            return count < 0 ? -errno.get(ValueLayout.JAVA_INT, 0) : (int) count;
        } catch (Throwable e) {
            throw new IllegalStateException("Native call of 'read' failed", e);
        }
    }

    /** Writes to a non-blocking descriptor: octets written, or a negated error. */
    static int write(int fd, byte[] bytes, int offset, int length, MemorySegment errno) {
        try {
            MemorySegment source = MemorySegment.ofArray(bytes).asSlice(offset, length);
            long count = (long) WRITE.invokeExact(errno, fd, source, (long) length);
            return count < 0 ? -errno.get(ValueLayout.JAVA_INT, 0) : (int) count;
        } catch (Throwable e) {
            throw new IllegalStateException("Native call of 'write' failed", e);
        }
    }

    /** Room for one captured errno; not for two calls at once. */
    static MemorySegment errno() {
        return MemorySegment.ofArray(new int[1]);
    }

    static void raiseEvent(int eventFd) {
        byte[] one = new byte[Long.BYTES];
        one[
                        java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN
                                ? 0
                                : Long.BYTES - 1] =
                1;
        write(eventFd, one, 0, one.length, errno());
    }

    static void drainEvent(int eventFd) {
        read(eventFd, new byte[Long.BYTES], 0, Long.BYTES, errno());
    }

    /** A pipe whose ends are closed on exec: read end, write end. Neither has a number that exec gives a meaning. */
    static int[] pipe() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            checked("pipe2", PIPE2.call(ends.address(), O_CLOEXEC));
            return new int[] {
                aboveStandard(ends.getAtIndex(ValueLayout.JAVA_INT, 0)),
                aboveStandard(ends.getAtIndex(ValueLayout.JAVA_INT, 1))
            };
        }
    }

    /** The descriptor itself, or a copy of it where its number is one of the three standard ones. */
    static int aboveStandard(int fd) {
        if (fd > 2) {
            return fd;
        }
        int copy = FCNTL.call(fd, F_DUPFD_CLOEXEC, 3);
        CLOSE.call(fd);
        return checked("fcntl", copy);
    }

    static void nonBlocking(int fd) {
        int flags = checked("fcntl", FCNTL.call(fd, F_GETFL, 0));
        checked("fcntl", FCNTL.call(fd, F_SETFL, flags | O_NONBLOCK));
    }

    /** Asks for a larger pipe; the kernel may say no, and then it stays as it is. */
    static void growPipe(int fd, int bytes) {
        FCNTL.call(fd, F_SETPIPE_SZ, bytes);
    }

    static int pidfdOpen(int pid) {
        return SYSCALL.call(SYS_PIDFD_OPEN, pid, 0, 0, 0);
    }

    static int pidfdSignal(int pidfd, int signal) {
        return SYSCALL.call(SYS_PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0);
    }

    static boolean isRoot() {
        return GETEUID.call(0) == 0;
    }

    /** Closes what is open of several, on the way out of a failed start. */
    static void closeAll(int @Nullable [] fds) {
        if (fds != null) {
            for (int fd : fds) {
                if (fd >= 0) {
                    CLOSE.call(fd);
                }
            }
        }
    }
}

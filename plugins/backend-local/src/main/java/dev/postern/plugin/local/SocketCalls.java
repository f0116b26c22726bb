// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.Origin;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Sockets by the calls of the C library, so that the event loop serves them like pipes. */
final class SocketCalls {
    static final int UNIX = 1;
    static final int INET = 2;
    static final int INET6 = 10;

    private static final int STREAM = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_ERROR = 4;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int BACKLOG = 128;
    private static final int ADDRESS_ROOM = 128;
    private static final int UNIX_PATH = 2;

    /** Longest path of a Unix socket, octets. */
    static final int MOST_PATH = 107;

    private static final ValueLayout.OfShort PORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final NativeFunction SOCKET = NativeFunction.of("socket", 3);
    private static final NativeFunction CONNECT = NativeFunction.of("connect", 3);
    private static final NativeFunction BIND = NativeFunction.of("bind", 3);
    private static final NativeFunction LISTEN = NativeFunction.of("listen", 2);
    private static final NativeFunction ACCEPT = NativeFunction.of("accept4", 4);
    private static final NativeFunction GETSOCKNAME = NativeFunction.of("getsockname", 3);
    private static final NativeFunction GETSOCKOPT = NativeFunction.of("getsockopt", 5);
    private static final NativeFunction SETSOCKOPT = NativeFunction.of("setsockopt", 5);

    private SocketCalls() {}

    /** A socket address as the kernel wants it. */
    static final class Address {
        private final int family;
        private final byte[] octets;

        private Address(int family, byte[] octets) {
            this.family = family;
            this.octets = octets;
        }

        int family() {
            return family;
        }

        static Address of(InetAddress host, int port) {
            byte[] address = host.getAddress();
            boolean six = address.length == 16;
            MemorySegment room = MemorySegment.ofArray(new byte[six ? 28 : 16]);
            room.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) (six ? INET6 : INET));
            room.set(PORT, 2, (short) port);
            MemorySegment.copy(
                    address, 0, room, ValueLayout.JAVA_BYTE, six ? 8 : 4, address.length);
            if (host instanceof Inet6Address scoped) {
                room.set(ValueLayout.JAVA_INT_UNALIGNED, 24, scoped.getScopeId());
            }
            return new Address(six ? INET6 : INET, room.toArray(ValueLayout.JAVA_BYTE));
        }

        static Address of(String path) {
            byte[] name = path.getBytes(StandardCharsets.UTF_8);
            MemorySegment room = MemorySegment.ofArray(new byte[UNIX_PATH + name.length + 1]);
            room.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) UNIX);
            MemorySegment.copy(name, 0, room, ValueLayout.JAVA_BYTE, UNIX_PATH, name.length);
            return new Address(UNIX, room.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** A non-blocking socket, or a negated error. */
    static int open(int family) {
        int fd = SOCKET.call(family, STREAM | Posix.O_NONBLOCK | Posix.O_CLOEXEC, 0);
        if (fd >= 0 && family != UNIX) {
            option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
        }
        return fd;
    }

    /** Begins to connect: 0, or a negated error, which is EINPROGRESS while it goes on. */
    static int connect(int fd, Address address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(ValueLayout.JAVA_BYTE, address.octets);
            return CONNECT.call(fd, name.address(), address.octets.length);
        }
    }

    /** How connecting went: 0 or a negated error. */
    static int connected(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, Integer.BYTES);
            int result =
                    GETSOCKOPT.call(fd, SOL_SOCKET, SO_ERROR, value.address(), length.address());
            return result < 0 ? result : -value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** Binds and listens: 0 or a negated error. An IPv6 wildcard takes IPv4 too if {@code dual}. */
    static int listen(int fd, Address address, boolean dual) {
        if (address.family != UNIX) {
            option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
        }
        if (address.family == INET6) {
            option(fd, IPPROTO_IPV6, IPV6_V6ONLY, dual ? 0 : 1);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(ValueLayout.JAVA_BYTE, address.octets);
            int result = BIND.call(fd, name.address(), address.octets.length);
            return result < 0 ? result : LISTEN.call(fd, BACKLOG);
        }
    }

    /** The port that a listening socket got. */
    static int port(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(ADDRESS_ROOM, 8);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, ADDRESS_ROOM);
            Posix.checked("getsockname", GETSOCKNAME.call(fd, name.address(), length.address()));
            return Short.toUnsignedInt(name.get(PORT, 2));
        }
    }

    /**
     * Who came in.
     *
     * @param fd the connection, or a negated error
     * @param origin where it began
     */
    record Accepted(int fd, Origin origin) {}

    /** Accepts one connection. */
    static Accepted accept(int listener) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(ADDRESS_ROOM, 8);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, ADDRESS_ROOM);
            int fd =
                    ACCEPT.call(
                            listener,
                            name.address(),
                            length.address(),
                            Posix.O_NONBLOCK | Posix.O_CLOEXEC);
            if (fd < 0) {
                return new Accepted(fd, new Origin("", 0));
            }
            int family = name.get(ValueLayout.JAVA_SHORT, 0);
            if (family == UNIX) {
                return new Accepted(fd, new Origin("", 0));
            }
            option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
            byte[] address =
                    name.asSlice(family == INET6 ? 8 : 4, family == INET6 ? 16 : 4)
                            .toArray(ValueLayout.JAVA_BYTE);
            return new Accepted(
                    fd, new Origin(text(address), Short.toUnsignedInt(name.get(PORT, 2))));
        }
    }

    private static String text(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("An address has " + address.length + " octets", e);
        }
    }

    private static void option(int fd, int level, int name, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment room = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            SETSOCKOPT.call(fd, level, name, room.address(), Integer.BYTES);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A function of the C library that takes integers and addresses and returns an {@code int}. A result of -1 comes back as
 * the negated {@code errno}.
 *
 * <p>Every argument is passed as 64 bits: both ABIs that we run on (System V x86-64, AAPCS64) put an integer argument
 * into a 64-bit register of which the callee reads only the width it declares.
 */
@SuppressWarnings("restricted")
final class NativeFunction {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = LINKER.defaultLookup();
    private static final MemoryLayout ERRNO = Linker.Option.captureStateLayout();
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

    private final String name;
    private final MethodHandle handle;

    private NativeFunction(String name, MethodHandle handle) {
        this.name = name;
        this.handle = handle;
    }

    /** A function with so many arguments; fails when first loaded on a C library that lacks it. */
    static NativeFunction of(String name, int arguments) {
        return new NativeFunction(
                name, LINKER.downcallHandle(LIBRARY.findOrThrow(name), shape(arguments), CAPTURE));
    }

    /** A variadic function, called with so many arguments of which the first {@code fixed} are named. */
    static NativeFunction variadic(String name, int fixed, int arguments) {
        return new NativeFunction(
                name,
                LINKER.downcallHandle(
                        LIBRARY.findOrThrow(name),
                        shape(arguments),
                        CAPTURE,
                        Linker.Option.firstVariadicArg(fixed)));
    }

    /**
     * {@code read} or {@code write} on a non-blocking descriptor: {@code (errno, fd, bytes, length)}. Critical, so that
     * the kernel copies from and to the Java array itself; the call is short because the descriptor never blocks.
     */
    static MethodHandle transfer(String name) {
        return LINKER.downcallHandle(
                LIBRARY.findOrThrow(name),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG),
                CAPTURE,
                Linker.Option.critical(true));
    }

    /** Whether the C library has a function. */
    static boolean exists(String name) {
        return LIBRARY.find(name).isPresent();
    }

    int call(long a) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            return result((int) handle.invokeExact(errno, a), errno);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    int call(long a, long b) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            return result((int) handle.invokeExact(errno, a, b), errno);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    int call(long a, long b, long c) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            return result((int) handle.invokeExact(errno, a, b, c), errno);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    int call(long a, long b, long c, long d) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            return result((int) handle.invokeExact(errno, a, b, c, d), errno);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    int call(long a, long b, long c, long d, long e) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            return result((int) handle.invokeExact(errno, a, b, c, d, e), errno);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int call(long a, long b, long c, long d, long e, long f) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            return result((int) handle.invokeExact(errno, a, b, c, d, e, f), errno);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /** A C string of the octets, which must hold no NUL. */
    static MemorySegment string(Arena arena, byte[] octets) {
        MemorySegment segment = arena.allocate(octets.length + 1L);
        MemorySegment.copy(octets, 0, segment, ValueLayout.JAVA_BYTE, 0, octets.length);
        return segment;
    }

    /** A null-terminated array of C strings. */
    static MemorySegment strings(Arena arena, List<byte[]> strings) {
        AddressLayout address = ValueLayout.ADDRESS;
        MemorySegment array = arena.allocate(address, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            array.setAtIndex(address, i, string(arena, strings.get(i)));
        }
        return array;
    }

    /** The octets of a C string at an address, at most so many. */
    static byte[] octets(long address, int most) {
        MemorySegment text = MemorySegment.ofAddress(address).reinterpret(most);
        int length = 0;
        while (length < most && text.get(ValueLayout.JAVA_BYTE, length) != 0) {
            length++;
        }
        return text.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private int result(int value, MemorySegment errno) {
        return value == -1 ? -errno.get(ValueLayout.JAVA_INT, 0) : value;
    }

    private static FunctionDescriptor shape(int arguments) {
        List<MemoryLayout> layouts = new ArrayList<>();
        for (int i = 0; i < arguments; i++) {
            layouts.add(ValueLayout.JAVA_LONG);
        }
        return FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts.toArray(MemoryLayout[]::new));
    }

    private IllegalStateException broken(Throwable cause) {
        return new IllegalStateException("Native call of '" + name + "' failed", cause);
    }

    @Override
    public String toString() {
        return name + Arrays.toString(handle.type().parameterArray());
    }
}

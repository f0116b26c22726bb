// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.NoSuchElementException;

/**
 * The few functions of OpenSSL's libcrypto (version 3) that the accelerator calls.
 *
 * <p>Functions that see packet bytes are linked as critical with heap access: they work on the {@code byte[]} where it lies,
 * without a copy. They run for at most some tens of microseconds (one packet) and neither block nor call back.
 */
final class Libcrypto {
    private static final String LIBRARY = "libcrypto.so.3";

    final MethodHandle cipherContextNew;
    final MethodHandle cipherContextFree;
    final MethodHandle encryptInit;
    final MethodHandle encryptUpdate;
    final MethodHandle macContextNew;
    final MethodHandle macContextFree;
    final MethodHandle macInit;
    final MethodHandle macUpdate;
    final MethodHandle macFinal;
    final MemorySegment chacha20;
    final MemorySegment poly1305;
    final String version;

    /**
     * Loads the library.
     *
     * @throws IllegalArgumentException if there is no such library
     * @throws NoSuchElementException if it is too old
     * @throws IllegalCallerException if native access is denied to this module
     */
    @SuppressWarnings("restricted")
    Libcrypto() throws Throwable {
        Linker linker = Linker.nativeLinker();
        SymbolLookup library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
        Linker.Option[] plain = {};
        Linker.Option[] heap = {Linker.Option.critical(true)};
        Linking link = new Linking(linker, library);
        cipherContextNew =
                link.function("EVP_CIPHER_CTX_new", FunctionDescriptor.of(ADDRESS), plain);
        cipherContextFree =
                link.function("EVP_CIPHER_CTX_free", FunctionDescriptor.ofVoid(ADDRESS), plain);
        encryptInit =
                link.function(
                        "EVP_EncryptInit_ex",
                        FunctionDescriptor.of(
                                JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS),
                        heap);
        encryptUpdate =
                link.function(
                        "EVP_EncryptUpdate",
                        FunctionDescriptor.of(
                                JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT),
                        heap);
        macContextNew =
                link.function("EVP_MAC_CTX_new", FunctionDescriptor.of(ADDRESS, ADDRESS), plain);
        macContextFree =
                link.function("EVP_MAC_CTX_free", FunctionDescriptor.ofVoid(ADDRESS), plain);
        macInit =
                link.function(
                        "EVP_MAC_init",
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS),
                        heap);
        macUpdate =
                link.function(
                        "EVP_MAC_update",
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG),
                        heap);
        macFinal =
                link.function(
                        "EVP_MAC_final",
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG),
                        heap);
        chacha20 =
                (MemorySegment)
                        link.function("EVP_chacha20", FunctionDescriptor.of(ADDRESS), plain)
                                .invokeExact();
        MethodHandle fetch =
                link.function(
                        "EVP_MAC_fetch",
                        FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS),
                        plain);
        MethodHandle versionText =
                link.function("OpenSSL_version", FunctionDescriptor.of(ADDRESS, JAVA_INT), plain);
        try (Arena arena = Arena.ofConfined()) {
            poly1305 =
                    (MemorySegment)
                            fetch.invokeExact(
                                    MemorySegment.NULL,
                                    arena.allocateFrom("POLY1305"),
                                    MemorySegment.NULL);
        }
        if (poly1305.address() == 0) {
            throw new NoSuchElementException(LIBRARY + " has no POLY1305");
        }
        version = ((MemorySegment) versionText.invokeExact(0)).reinterpret(256).getString(0);
    }

    private record Linking(Linker linker, SymbolLookup library) {
        @SuppressWarnings("restricted")
        MethodHandle function(String name, FunctionDescriptor shape, Linker.Option... options) {
            return linker.downcallHandle(library.findOrThrow(name), shape, options);
        }
    }
}

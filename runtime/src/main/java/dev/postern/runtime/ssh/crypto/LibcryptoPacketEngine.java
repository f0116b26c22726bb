// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The engine on libcrypto. One object serves all connections.
 *
 * <p>A connection owns nothing native: key and nonce are set for every packet, which ChaCha20 does for the price of a copy,
 * on contexts borrowed from a small pool. So there is nothing to free when a connection ends, and an idle one costs nothing.
 */
final class LibcryptoPacketEngine implements PacketEngine {

    /** Whether libcrypto can be used in this process. */
    sealed interface Availability permits Usable, Unusable {}

    record Usable(LibcryptoPacketEngine engine, String version) implements Availability {}

    record Unusable(String reason) implements Availability {}

    private static final int NONCE_SIZE = 16;
    private static final MemorySegment NULL = MemorySegment.NULL;

    private final Libcrypto library;
    private final AtomicReferenceArray<@Nullable Context> idle;

    private LibcryptoPacketEngine(Libcrypto library) {
        this.library = library;
        int places = Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4;
        idle = new AtomicReferenceArray<>(places);
    }

    /** Loads and tests the library at the first call; every call gives the same answer. */
    static Availability shared() {
        return Holder.AVAILABILITY;
    }

    private static final class Holder {
        static final Availability AVAILABILITY = load();

        private static Availability load() {
            try {
                Libcrypto library = new Libcrypto();
                LibcryptoPacketEngine engine = new LibcryptoPacketEngine(library);
                return engine.agreesWithJava()
                        ? new Usable(engine, library.version)
                        : new Unusable(library.version + " failed the self-test");
            } catch (VirtualMachineError e) {
                throw e;
            } catch (Throwable e) {
                return new Unusable(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Seals and opens packets of several sizes here and in Java; all bytes must be the same. */
    private boolean agreesWithJava() {
        PacketKey key = new PacketKey(pattern(ChaCha20Block.KEY_SIZE, 1), 0);
        byte[] header = {1, 2, 3, 4};
        for (int length : new int[] {0, 8, 64, 1000, 4096}) {
            byte[] plain = pattern(length + Poly1305.TAG_SIZE, length);
            byte[] here = plain.clone();
            byte[] there = plain.clone();
            seal(key, -length, header, here, 0, length);
            new JavaPacketEngine().seal(key, -length, header, there, 0, length);
            if (!Arrays.equals(here, there) || !open(key, -length, header, here, 0, length)) {
                return false;
            }
            if (!Arrays.equals(here, 0, length, plain, 0, length)) {
                return false;
            }
            there[length] ^= 1;
            if (open(key, -length, header, there, 0, length)) {
                return false;
            }
        }
        return true;
    }

    private static byte[] pattern(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + seed);
        }
        return bytes;
    }

    @Override
    public void seal(
            PacketKey key,
            int sequence,
            byte[] encryptedLength,
            byte[] data,
            int offset,
            int length) {
        Context context = borrow();
        context.start(key, sequence);
        MemorySegment body = MemorySegment.ofArray(data).asSlice(offset, length);
        context.transform(body, length);
        context.authenticate(encryptedLength, body, length);
        MemorySegment.copy(
                context.tag, ValueLayout.JAVA_BYTE, 0, data, offset + length, Poly1305.TAG_SIZE);
        giveBack(context);
    }

    @Override
    public boolean open(
            PacketKey key,
            int sequence,
            byte[] encryptedLength,
            byte[] data,
            int offset,
            int length) {
        Context context = borrow();
        context.start(key, sequence);
        MemorySegment body = MemorySegment.ofArray(data).asSlice(offset, length);
        context.authenticate(encryptedLength, body, length);
        boolean right = context.tagIs(data, offset + length);
        if (right) {
            context.transform(body, length);
        }
        giveBack(context);
        return right;
    }

    private Context borrow() {
        int start = (int) Thread.currentThread().threadId();
        for (int i = 0; i < idle.length(); i++) {
            int place = start + i & idle.length() - 1;
            if (idle.getPlain(place) != null) {
                Context context = idle.getAndSet(place, null);
                if (context != null) {
                    return context;
                }
            }
        }
        return new Context(library);
    }

    /** A context whose call failed is not given back: its state is unknown, and such a failure ends the connection. */
    private void giveBack(Context context) {
        int start = (int) Thread.currentThread().threadId();
        for (int i = 0; i < idle.length(); i++) {
            int place = start + i & idle.length() - 1;
            if (idle.getPlain(place) == null && idle.compareAndSet(place, null, context)) {
                return;
            }
        }
        context.free();
    }

    /** One ChaCha20 and one Poly1305 context, used by one thread at a time. */
    private static final class Context {
        private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

        private final Libcrypto library;
        private final MemorySegment cipher;
        private final MemorySegment mac;
        private final Arena arena = Arena.ofShared();
        private final MemorySegment nonce = arena.allocate(NONCE_SIZE, 8);
        private final MemorySegment zeros = arena.allocate(ChaCha20Block.SIZE, 8);
        private final MemorySegment block = arena.allocate(ChaCha20Block.SIZE, 8);
        private final MemorySegment written = arena.allocate(Long.BYTES, 8);
        private final MemorySegment tag = arena.allocate(Poly1305.TAG_SIZE, 8);

        Context(Libcrypto library) {
            this.library = library;
            try {
                cipher = (MemorySegment) library.cipherContextNew.invokeExact();
                mac = (MemorySegment) library.macContextNew.invokeExact(library.poly1305);
                check(
                        (int)
                                library.encryptInit.invokeExact(
                                        cipher, library.chacha20, NULL, NULL, NULL));
            } catch (Throwable e) {
                throw failure(e);
            }
        }

        /** Sets key and nonce, takes block 0 as the authenticator's key and stands at block 1. */
        void start(PacketKey key, int sequence) {
            // Counter (8 bytes, little-endian) 0, then the sequence number as 8 bytes, big-endian
            nonce.set(ValueLayout.JAVA_INT, 12, Integer.reverseBytes(sequence));
            try {
                check(
                        (int)
                                library.encryptInit.invokeExact(
                                        cipher,
                                        NULL,
                                        NULL,
                                        MemorySegment.ofArray(key.bytes()),
                                        nonce));
                check(
                        (int)
                                library.encryptUpdate.invokeExact(
                                        cipher, block, written, zeros, ChaCha20Block.SIZE));
                check(
                        (int)
                                library.macInit.invokeExact(
                                        mac, block, (long) Poly1305.KEY_SIZE, NULL));
            } catch (Throwable e) {
                throw failure(e);
            }
        }

        void transform(MemorySegment body, int length) {
            try {
                check((int) library.encryptUpdate.invokeExact(cipher, body, written, body, length));
            } catch (Throwable e) {
                throw failure(e);
            }
        }

        void authenticate(byte[] encryptedLength, MemorySegment body, int length) {
            try {
                check(
                        (int)
                                library.macUpdate.invokeExact(
                                        mac,
                                        MemorySegment.ofArray(encryptedLength),
                                        (long) encryptedLength.length));
                check((int) library.macUpdate.invokeExact(mac, body, (long) length));
                check(
                        (int)
                                library.macFinal.invokeExact(
                                        mac, tag, written, (long) Poly1305.TAG_SIZE));
            } catch (Throwable e) {
                throw failure(e);
            }
        }

        boolean tagIs(byte[] data, int offset) {
            MemorySegment given = MemorySegment.ofArray(data);
            long difference = tag.get(LONG, 0) ^ given.get(LONG, offset);
            difference |= tag.get(LONG, 8) ^ given.get(LONG, offset + 8L);
            return difference == 0;
        }

        void free() {
            try {
                library.cipherContextFree.invokeExact(cipher);
                library.macContextFree.invokeExact(mac);
            } catch (Throwable e) {
                throw failure(e);
            }
            arena.close();
        }

        private static void check(int result) {
            if (result != 1) {
                throw new IllegalStateException("libcrypto refused a call of chacha20-poly1305");
            }
        }

        private static RuntimeException failure(Throwable e) {
            return switch (e) {
                case Error error -> throw error;
                case RuntimeException unchecked -> unchecked;
                default -> new IllegalStateException("libcrypto could not be called", e);
            };
        }
    }
}

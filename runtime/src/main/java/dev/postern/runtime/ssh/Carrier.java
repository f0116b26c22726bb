// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Carries the bytes of one SSH connection: a TCP socket, or any duplex stream. Any thread; nothing here blocks. */
interface Carrier {
    /** Our end, where there is one. */
    Optional<InetSocketAddress> local();

    /** The other end of the transport, which may be a proxy's. */
    Optional<InetSocketAddress> remote();

    /** Writes what it can now and takes it off the buffer; one caller at a time. */
    void write(ByteBuffer bytes) throws IOException;

    /** Arranges for one call of {@link ConnectionIo#writable} when more can be written. */
    void awaitWritable();

    /** Stops reading until {@link #resumeReading}, because the peer does not take our answers. */
    void pauseReading();

    /** Reads again. */
    void resumeReading();

    /** Ends our half, so that what was written arrives, and the rest soon after. */
    void finish();

    /** Ends both halves at once. Idempotent. */
    void close();
}

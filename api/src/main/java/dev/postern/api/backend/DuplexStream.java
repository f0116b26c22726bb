// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

/** A byte stream with two halves that end independently: a connection out of or into a sandbox, or a client's. */
public interface DuplexStream extends AutoCloseable {
    /** Bytes that come from the other side. */
    ByteSource source();

    /** Bytes for the other side; finishing it is a half-close. */
    ByteSink sink();

    /** Ends both halves at once, from any thread, and wakes whoever blocks on them. Idempotent, does not block. */
    @Override
    void close();
}

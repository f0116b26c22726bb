// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Takes what a {@link Carrier} reads. Calls never overlap. */
interface Inbound {
    /** Whether taking bytes may block now: before authentication has succeeded plugins are asked in between. */
    boolean mayBlock();

    /** Takes all bytes. Whatever goes wrong is dealt with inside. */
    void received(ByteBuffer bytes);

    /** The peer has ended its half, or the transport broke. */
    void ended(Optional<IOException> cause);
}

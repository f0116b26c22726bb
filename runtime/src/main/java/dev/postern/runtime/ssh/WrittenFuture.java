// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import java.io.IOException;
import org.apache.sshd.common.io.AbstractIoWriteFuture;

/** Completes when a packet has gone to the transport. */
final class WrittenFuture extends AbstractIoWriteFuture {
    WrittenFuture() {
        super("packet", null);
    }

    void written() {
        setValue(true);
    }

    void failed(IOException cause) {
        setValue(cause);
    }
}

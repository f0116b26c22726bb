// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import java.io.InputStream;

/** A source at its end: the stderr of a server that never complains there. */
final class NoOutput implements ByteSource {
    private final InputStream stream = InputStream.nullInputStream();

    @Override
    public InputStream stream() {
        return stream;
    }

    @Override
    public boolean mayHoldCarrier() {
        return false;
    }

    @Override
    public boolean pushTo(ByteSink sink) {
        sink.finish();
        return true;
    }
}

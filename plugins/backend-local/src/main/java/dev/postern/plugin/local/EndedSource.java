// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import java.io.InputStream;

/** A source at end of file from the start: the stderr of a process on a terminal. */
final class EndedSource implements ByteSource {
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

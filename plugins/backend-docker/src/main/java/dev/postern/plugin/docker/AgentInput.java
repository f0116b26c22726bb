// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import java.io.IOException;
import java.io.InputStream;

/** What the agent writes to its stdout, out of the engine's frames; its stderr is dropped, it says nothing there. */
final class AgentInput extends InputStream {
    private static final int CHUNK = 64 * 1024;

    private final FrameInput frames;
    private final InputStream raw;

    AgentInput(InputStream raw) {
        this.raw = raw;
        this.frames = new FrameInput(raw);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int count = frames.read(bytes, offset, Math.min(length, CHUNK));
        while (count >= 0 && frames.stream() == FrameInput.STDERR) {
            count = frames.read(bytes, offset, Math.min(length, CHUNK));
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }
}
